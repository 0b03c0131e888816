// A lesson's page: stepping through the derivation, asking any number, nudging live, trying it oneself.
// `gradtraceEngine` is there where the engine was built; without it the steps are those of the lesson's own numbers.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = (id) => JSON.parse($(id).textContent);
  const lesson = data("lesson");
  let view = data("view"), at = 0, engine = null, variable = null, start = {value: 0, derivative: 0, cost: 0}, pathTimer = 0;

  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const format = (x) => {
    if (x === null || !Number.isFinite(x)) return "∞";
    if (x === 0) return "0";
    const size = Math.abs(x);
    const text = size < 1e-4 || size >= 1e7 ? x.toExponential(3) : String(Number(x.toPrecision(4)));
    return text.replace("-", "−");
  };

  // --- steps ---

  function showStep(next, fromLink = false) {
    at = Math.min(Math.max(next, 0), view.steps.length - 1);
    if (!view.steps[at]) view.steps[at] = look(at).steps[at];
    const step = view.steps[at];
    $("place").textContent = `Step ${at + 1} of ${view.steps.length}`;
    $("slider").value = at;
    $("slider").setAttribute("aria-valuetext", `${at + 1}: ${step.title}`);
    $("title").textContent = step.title;
    $("plain").textContent = step.plain;
    $("rule").innerHTML = step.rule;  // made by gradtrace from its own rules, never from a lesson's text
    $("previous").disabled = at === 0;
    $("next").disabled = at === view.steps.length - 1;
    const body = $("rows");
    body.replaceChildren();
    const nudged = step.rows.some((row) => row.nudged !== undefined);
    $("nudged-head").hidden = !nudged;
    for (const row of step.rows) {
      const line = make("tr");
      const name = make("th", undefined, {scope: "row"});
      const button = make("button", row.name, {type: "button", class: "name", "data-name": row.name});
      button.addEventListener("click", () => ask(row.name));
      name.append(button);
      line.append(name, make("td", row.expression), make("td", row.shown, {class: "number"}));
      if (nudged) line.append(make("td", row.nudged === undefined ? "" : `${row.nudged} ${row.verdict === "agree" ? "✓" : row.verdict}`, {class: "number"}));
      body.append(line);
    }
    $("left-out").textContent = step.left_out > 0 ? `and ${step.left_out} more: the largest are shown` : "";
    drawPaths(step);
    light(step);
    if (!fromLink) history.replaceState(null, "", `#step=${at + 1}`);
  }

  function light(step) {
    for (const element of document.querySelectorAll(".network [data-name]")) {
      const layer = /\[(\d+)\]/.exec(element.dataset.name);
      const l = layer ? Number(layer[1]) : -1;
      const lit = element.classList.contains("edge") ? step.lit.edges.includes(l) : element.dataset.name === "C" ? step.quantity === "C" : step.lit.neurons.includes(l);
      element.classList.toggle("lit", lit);
      const below = element.querySelector(".below");
      if (below) below.textContent = step.below[element.dataset.name] || "";
    }
  }

  // Terms of a sum over paths as a bar: what opposes pulls back.
  function drawPaths(step) {
    const box = $("paths");
    box.replaceChildren();
    clearInterval(pathTimer);
    const rows = step.rows.filter((row) => row.terms && row.terms.length > 1);
    if (rows.length === 0) return;
    const largest = Math.max(...rows.map((row) => Math.max(...partialSums(row.terms).map(Math.abs)))) || 1;
    const width = 560, middle = width / 2, scale = (middle - 10) / largest, bars = [];
    for (const row of rows) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const height = 14 * row.terms.length + 26;
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.setAttribute("class", "bar");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", `${row.name} is the sum of ${row.terms.map((term) => term.shown).join(", ")}: ${row.shown}`);
      let sum = 0;
      const add = (tag, attributes, text) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        if (text) element.textContent = text;
        svg.append(element);
        return element;
      };
      row.terms.forEach((term, i) => {
        const before = sum;
        sum += term.value || 0;
        const opposes = row.value !== 0 && Math.sign(term.value) !== Math.sign(row.value);
        const bar = add("rect", {x: middle + scale * Math.min(before, sum), y: 14 * i + 2, width: Math.max(1, scale * Math.abs(sum - before)), height: 10, class: opposes ? "term opposes" : "term"});
        add("text", {x: sum > 0 || before > 0 ? middle - 6 : middle + 6, y: 14 * i + 11, "text-anchor": sum > 0 || before > 0 ? "end" : "start"}, `through ${term.through}: ${term.shown}${opposes ? " opposes" : ""}`);
        bars.push(bar);
      });
      add("line", {x1: middle, y1: 0, x2: middle, y2: height, class: "zero"});
      add("rect", {x: middle + scale * Math.min(0, sum), y: height - 20, width: Math.max(1, scale * Math.abs(sum)), height: 12, class: "sum"});
      add("text", {x: sum > 0 ? middle - 6 : middle + 6, y: height - 10, "text-anchor": sum > 0 ? "end" : "start"}, `sum: ${row.shown}`);
      const figure = make("figure");
      figure.append(make("figcaption", row.name), svg);
      box.append(figure);
    }
    // One path lights up after another, where motion is welcome.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    let lit = 0;
    bars.forEach((bar) => bar.classList.add("waiting"));
    pathTimer = setInterval(() => {
      if (lit < bars.length) bars[lit++].classList.remove("waiting");
      else clearInterval(pathTimer);
    }, 180);
  }

  const partialSums = (terms) => {
    let sum = 0;
    return terms.map((term) => sum += term.value || 0);
  };

  // --- a new view, after a nudge ---

  // One step of the numbers as they are now; the others are asked for when they are shown.
  const look = (step) => JSON.parse(engine.view(view.example, small ? 1 : 0, step));

  function showView(next) {
    view = next;
    $("network").innerHTML = view.svg;  // made by gradtrace; its text is numbers
    listen();
    showStep(at);
  }

  function listen() {
    for (const element of document.querySelectorAll(".network [data-name]")) {
      element.addEventListener("click", () => {
        const name = element.dataset.name;
        ask(name);
        if (engine && /^(w|a\[0\])/.test(name)) choose(name);
      });
    }
  }

  // --- asking ---

  function ask(name) {
    for (const element of document.querySelectorAll(".network .chosen")) element.classList.remove("chosen");
    const drawn = document.querySelector(`.network [data-name="${CSS.escape(name)}"]`);
    if (drawn) drawn.classList.add("chosen");
    const box = $("why");
    if (engine) {
      const told = JSON.parse(engine.why(name, view.example));
      box.textContent = told.text || told.error;
    } else {
      for (const step of view.steps) {
        for (const row of step.rows) {
          if (row.name === name) box.textContent = `${row.name} = ${row.expression} = ${row.shown}\n\n${step.plain}`;
        }
      }
    }
    $("why-title").textContent = `Why is ${name} what it is?`;
    $("why-box").hidden = false;
  }

  // --- nudging ---

  function variables() {
    const names = [];
    lesson.layers.forEach((layer, i) => {
      const m = i === 0 ? lesson.inputs : lesson.layers[i - 1].neurons;
      for (let j = 0; j < Math.min(layer.neurons, 16); ++j) {
        for (let k = 0; k < Math.min(m, 16); ++k) names.push(`w[${i + 1}][${j},${k}]`);
        names.push(`b[${i + 1}][${j}]`);
      }
    });
    for (let k = 0; k < Math.min(lesson.inputs, 16); ++k) names.push(`a[0][${k}]`);
    for (let j = 0; j < Math.min(lesson.layers.at(-1).neurons, 16); ++j) names.push(`y[${lesson.layers.length}][${j}]`);
    return names;
  }

  function choose(name) {
    const select = $("variable");
    if (![...select.options].some((option) => option.value === name)) select.append(make("option", name, {value: name}));
    select.value = name;
    variable = name;
    // All nudges of it are held against the lesson's own numbers.
    start = {value: engine.start(name, view.example), derivative: engine.derivative(name, view.example), cost: engine.costBefore(view.example)};
    const value = engine.get(name, view.example);
    const slider = $("nudge");
    const reach = Math.max(1, Math.abs(start.value));
    slider.min = start.value - reach;
    slider.max = start.value + reach;
    slider.step = reach / 500;
    slider.value = value;
    tellNudge();
  }

  let waiting = false;
  function nudge() {
    engine.set(variable, view.example, Number($("nudge").value));
    tellNudge();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      showView(look(at));
    });
  }

  const small = lesson.layers.reduce((sum, layer) => sum + layer.weights.length, 0) < 400;

  function tellNudge() {
    const value = engine.get(variable, view.example), change = value - start.value, derivative = start.derivative;
    const cost = engine.cost(view.example), real = cost - start.cost, predicted = derivative * change;
    $("nudge-value").textContent = `${variable} = ${format(value)}`;
    $("nudge-told").textContent = change === 0
      ? `C = ${format(cost)}. Drag to nudge ${variable}; its derivative is ${format(derivative)}.`
      : `moved by ${format(change)}: C changed by ${format(real)}; the derivative says ${format(derivative)} · ${format(change)} = ${format(predicted)}; apart by ${format(real - predicted)}`;
  }

  function reset() {
    engine.reset();
    showView(JSON.parse(engine.view(view.example, 1, -1)));
    if (variable) choose(variable);
  }

  // --- trying ---

  function tryNumbers() {
    if (lesson.asked.length === 0) return;
    const select = $("asked");
    for (const name of lesson.asked) select.append(make("option", name, {value: name}));
    $("try-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const told = $("try-told");
      const name = select.value, typed = $("typed").value;
      if (typed.trim() === "") {
        told.textContent = "Type a number, or an expression such as 2*(0.75 − 0.01).";
        return;
      }
      if (engine) {
        const judged = JSON.parse(engine.judge(name, typed));
        if (judged.error) {
          told.textContent = judged.error;
          return;
        }
        told.textContent = judged.verdict === "correct" ? "✓ right" : judged.verdict === "follows" ? "✓ right, given your own numbers" : `✗ ${judged.feedback}${judged.mistake ? ` (${judged.mistake})` : ""}`;
        told.className = judged.verdict;
        return;
      }
      const row = view.steps.flatMap((step) => step.rows).find((candidate) => candidate.name === name);
      const value = Number(typed.replace(",", ".").replace("−", "-"));
      const unit = row && row.value ? 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(row.value))) - lesson.digits + 1) : 0;
      const right = row && Number.isFinite(value) && Math.abs(value - row.value) <= unit * 1.000001;
      told.textContent = right ? "✓ right" : "✗ not yet: look at the rule of this step again";
      told.className = right ? "correct" : "wrong";
    });
  }

  function questions() {
    lesson.questions.forEach((question, n) => {
      const box = make("fieldset");
      box.append(make("legend", question.ask));
      const told = make("p", "", {role: "status"});
      question.choose.forEach((choice, i) => {
        const label = make("label");
        const radio = make("input", undefined, {type: "radio", name: `question${n}`});
        radio.addEventListener("change", () => {
          told.textContent = (i === question.right ? "✓ Right. " : "✗ Not quite. ") + question.because;
          told.className = i === question.right ? "correct" : "wrong";
        });
        label.append(radio, document.createTextNode(" " + choice));
        box.append(label);
      });
      box.append(told);
      $("questions").append(box);
    });
  }

  // --- starting ---

  function useEngine(module) {
    const call = (name, result, types) => module.cwrap(name, result, types);
    const set = call("gt_set", null, ["string", "number", "number"]), get = call("gt_get", "number", ["string", "number"]);
    const load = call("gt_load", "string", ["string"]), cost = call("gt_cost", "number", ["number"]);
    engine = {
      view: call("gt_view", "string", ["number", "number", "number"]), why: call("gt_why", "string", ["string", "number"]), judge: call("gt_judge", "string", ["string", "string"]),
      derivative: call("gt_derivative", "number", ["string", "number"]), reset: call("gt_reset", null, []), cost, get, set,
      start: call("gt_start", "number", ["string", "number"]), costBefore: call("gt_cost_before", "number", ["number"]),
    };
    const loaded = JSON.parse(load($("lesson").textContent));
    if (loaded.error) {
      engine = null;
      return;
    }
    const select = $("variable");
    for (const name of variables()) select.append(make("option", name, {value: name}));
    select.addEventListener("change", () => choose(select.value));
    $("nudge").addEventListener("input", nudge);
    $("reset").addEventListener("click", reset);
    $("nudge-box").hidden = false;
    $("no-engine").hidden = true;
    choose(select.options[0].value);
    if (lesson.examples.length > 1) {
      const examples = $("example");
      lesson.examples.forEach((_, e) => examples.append(make("option", String(e), {value: e})));
      examples.addEventListener("change", () => {
        showView(JSON.parse(engine.view(Number(examples.value), 1, -1)));
        choose(variable);
      });
      $("example-box").hidden = false;
    }
    document.documentElement.dataset.engine = "ready";
  }

  $("slider").max = view.steps.length - 1;
  $("slider").addEventListener("input", () => showStep(Number($("slider").value)));
  $("previous").addEventListener("click", () => showStep(at - 1));
  $("next").addEventListener("click", () => showStep(at + 1));
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight") showStep(at + 1);
    else if (event.key === "ArrowLeft") showStep(at - 1);
    else return;
    event.preventDefault();
  });
  const linked = () => /#step=(\d+)/.exec(location.hash);
  addEventListener("hashchange", () => linked() && showStep(Number(linked()[1]) - 1, true));
  listen();
  tryNumbers();
  questions();
  showStep(linked() ? Number(linked()[1]) - 1 : 0, true);
  // The page is there before the engine has been read.
  document.addEventListener("DOMContentLoaded", () => {
    if (typeof gradtraceEngine !== "function") return;
    const wasmBinary = Uint8Array.from(atob($("engine").textContent), (c) => c.charCodeAt(0));
    gradtraceEngine({wasmBinary}).then(useEngine).catch((error) => console.error(error));
  });
})();
