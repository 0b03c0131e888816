// A lesson's page: stepping through the derivation, asking any number, nudging live, trying it oneself.
// `gradtraceEngine` is there where the engine was built; without it the steps are those of the lesson's own numbers.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = (id) => JSON.parse($(id).textContent);
  const lesson = data("lesson");
  let view = data("view"), at = 0, focused = 0, chosen = "", engine = null, nudged = false, pathTimer = 0;
  const plan = view.steps.map(({number, part, parts, title, quantity, layer}) => ({number, part, parts, title, quantity, layer}));

  // --- small things ---

  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const draw = (parent, tag, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  const format = (x, digits = 4) => {
    if (x === null || !Number.isFinite(x)) return x === -Infinity ? "−∞" : Number.isNaN(x) ? "undefined" : "∞";
    if (x === 0) return "0";
    const size = Math.abs(x);
    const text = size < 1e-4 || size >= 1e7 ? x.toExponential(digits - 1) : String(Number(x.toPrecision(digits)));
    return text.replaceAll("-", "−");
  };

  /// A number's name in symbols: ∂C/∂w with the layer above and the indices below.
  const symbols = {"dC/da": "∂C/∂a", "dC/db": "∂C/∂b", "dC/dw": "∂C/∂w", slope: "σ′", delta: "δ"};
  function symbol(name) {
    const found = /^(?:(\d+|mean):)?([A-Za-z/]+)(?:\[(\d+)\])?(?:\[(\d+)(?:,(\d+))?\])?$/.exec(name);
    const whole = make("span", undefined, {class: "symbol"});
    if (!found) {
      whole.textContent = name;
      return whole;
    }
    const [, scope, quantity, layer, j, k] = found;
    if (scope === "mean") whole.append("mean ");
    const add = (letter, below) => {
      whole.append(letter);
      if (layer === undefined) return;
      const scripts = make("span", undefined, {class: "scripts"});
      scripts.append(make("sup", `(${layer})`), make("sub", below));
      whole.append(scripts);
    };
    if (quantity === "slope" && k !== undefined) {  // a softmax's: ∂aᵢ/∂zⱼ
      add("∂a", j);
      add("/∂z", k);
    } else if (quantity === "path") {
      add("w", `${k},${j}`);
      whole.append("·");
      add("δ", k);
    } else {
      add(symbols[quantity] || quantity, k === undefined ? j : `${j},${k}`);
    }
    return whole;
  }

  /// A row for each term of a sum, each bar beginning where the one before ended; the sum's last.
  function bars(terms, sum, label) {
    const box = make("div", undefined, {class: "terms", role: "list", "aria-label": label});
    let low = 0, high = 0, reached = 0;
    for (const term of terms) {
      reached += term.value || 0;
      low = Math.min(low, reached);
      high = Math.max(high, reached);
    }
    const place = (x) => high === low ? 0 : 100 * (x - low) / (high - low);
    const add = (from, value, shown, begin, kind, light) => {
      const row = make("div", undefined, {class: `term ${kind}`, role: "listitem"});
      const head = light ? make("button", undefined, {type: "button", class: "from"}) : make("span", undefined, {class: "from"});
      head.append(from);
      const track = make("span", undefined, {class: "track", "aria-hidden": "true"});
      const fill = make("span", undefined, {class: "fill"});
      const left = place(Math.min(begin, begin + value));
      fill.style.left = `${left}%`;
      fill.style.width = `${Math.max(0.6, place(Math.max(begin, begin + value)) - left)}%`;
      const zero = make("span", undefined, {class: "zero"});
      zero.style.left = `${place(0)}%`;
      track.append(fill, zero);
      row.append(head, track, make("span", shown, {class: "number"}));
      if (kind === "opposes") row.lastChild.append(make("span", " opposes", {class: "faint"}));
      if (light) {
        for (const event of ["mouseenter", "focusin", "click"]) row.addEventListener(event, () => lightOnly(light));
        for (const event of ["mouseleave", "focusout"]) row.addEventListener(event, () => lightStep());
      }
      box.append(row);
      return row;
    };
    reached = 0;
    for (const term of terms) {
      const value = term.value || 0, opposes = sum.value && value && Math.sign(value) !== Math.sign(sum.value);
      add(term.from, value, term.shown, reached, opposes ? "opposes" : "along", term.light);
      reached += value;
    }
    if (sum.from) add(sum.from, sum.value || 0, sum.shown, 0, "sum");
    return box;
  }

  // --- steps ---

  function step() {
    if (!view.steps[at]) view.steps[at] = look(at).steps[at];
    return view.steps[at];
  }
  const placeOf = ({number, part, parts}) => `Step ${number} of ${plan.at(-1).number}${parts > 1 ? `, part ${part} of ${parts}` : ""}`;

  function showStep(next, {link = true, row = 0} = {}) {
    at = Math.min(Math.max(next, 0), plan.length - 1);
    const now = step();
    $("place").textContent = placeOf(now);
    $("direction").textContent = now.direction;
    $("slider").value = at;
    $("slider").setAttribute("aria-valuetext", `${placeOf(now)}: ${now.title}`);
    $("title").textContent = now.title;
    $("plain").textContent = now.plain;
    $("rule").innerHTML = now.rule;  // made by gradtrace from its own rules, never from a lesson's text
    $("previous").disabled = at === 0;
    $("next").disabled = at === plan.length - 1;
    for (const button of $("map").children) {
      const here = Number(button.dataset.number) === now.number;
      if (here) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    showRows(now);
    $("notes").replaceChildren(...now.notes.map((note) => make("p", note, {class: "faint"})));
    if (now.left_out > 0) $("notes").append(make("p", `and ${now.left_out} more: the ${now.rows.length} largest are shown`, {class: "faint"}));
    focusRow(Math.min(row, now.rows.length - 1));
    if (link) history.replaceState(null, "", `#step=${now.number}${now.parts > 1 ? `.${now.part}` : ""}`);
  }

  function nudgedText(row) {
    if (row.nudged === undefined) return "";
    if (row.one_sided) return `kink: ${row.one_sided[0]} | ${row.one_sided[1]}`;
    return `${row.nudged} ${row.verdict === "agree" ? "✓" : row.verdict}`;
  }

  function rowsOf(now, live) {
    const withNudged = now.rows.some((row) => row.nudged !== undefined);
    const lines = now.rows.map((row, i) => {
      const line = make("tr", undefined, {"data-name": row.name});
      const name = make("th", undefined, {scope: "row"});
      if (live) {
        const button = make("button", undefined, {type: "button", class: "name", title: `ask why: ${row.name}`});
        button.append(symbol(row.name));
        button.addEventListener("focus", () => focusRow(i));
        button.addEventListener("click", () => ask(row.name));
        line.addEventListener("click", () => focusRow(i));
        name.append(button);
      } else {
        name.append(symbol(row.name));
      }
      line.append(name, make("td", row.expression, {class: "expression"}), make("td", row.shown, {class: "number"}));
      if (withNudged) line.append(make("td", nudgedText(row), {class: "number"}));
      return line;
    });
    return {lines, withNudged};
  }

  function showRows(now) {
    const {lines, withNudged} = rowsOf(now, true), hadFocus = $("rows").contains(document.activeElement);
    $("nudged-head").hidden = !withNudged;
    $("rows").replaceChildren(...lines);
    if (hadFocus) lines[Math.min(focused, lines.length - 1)].querySelector("button").focus();
  }

  /// The row whose numbers are put into the rule, and whose neurons and edges are lit.
  function focusRow(i) {
    focused = i;
    const row = step().rows[i];
    [...$("rows").children].forEach((line, n) => line.classList.toggle("focused", n === i));
    const numbers = $("numbers");
    const result = make("strong", row.shown);
    numbers.replaceChildren(symbol(row.name), " = ");
    if (/[<>:]/.test(row.expression)) numbers.append(result, `, since ${row.expression}`);  // a ReLU's case
    else if (row.expression === row.shown) numbers.append(result);
    else numbers.append(row.expression, " = ", result);
    if (row.nudged !== undefined) numbers.append(" ", make("span", `nudged: ${nudgedText(row)}`, {class: "twin"}));
    if (row.one_sided) numbers.append(make("span", "A ReLU stands at z = 0: nudged to the left and to the right the cost answers differently, and either is right.", {class: "aside"}));
    lightStep();
    drawPaths(row);
  }

  /// Whether an element of the picture is one that `pattern` means, for one row or for any.
  function means(pattern, row, name) {
    const index = (letter, value) => letter === "*" || row === null ? "\\d+" : String(value);
    const indices = (list) => list.split(",").map((letter) => index(letter, letter === "j" ? row?.j : row?.k)).join(",");
    const source = pattern.replace(/\[([jk*,]+)\]$/, (_, list) => `<${indices(list)}>`).replace(/[[\]]/g, "\\$&").replace("<", "\\[").replace(">", "\\]");
    return new RegExp(`^${source}$`).test(name);
  }

  const drawn = () => document.querySelectorAll(".network [data-name]");

  function lightStep() {
    const now = step(), row = now.rows[focused];
    for (const element of drawn()) {
      const name = element.dataset.name;
      element.classList.toggle("lit", now.uses.some((pattern) => means(pattern, null, name)));
      element.classList.toggle("now", now.rows.length > 1 && now.uses.some((pattern) => means(pattern, row, name)));
      element.classList.toggle("chosen", name === chosen);
    }
    writeValues(now);
    bringIntoView();
  }

  /// Where the picture is wider than its place, the part that is lit.
  function bringIntoView() {
    const box = $("network"), room = box.getBoundingClientRect();
    if (box.scrollWidth <= box.clientWidth) return;
    const lit = [...box.querySelectorAll(".now")].concat([...box.querySelectorAll(".lit")]).map((element) => element.getBoundingClientRect()).filter(({width}) => width > 0);
    if (lit.length === 0) return;
    const left = Math.min(...lit.map((rect) => rect.left)), right = Math.max(...lit.map((rect) => rect.right));
    if (left < room.left || right > room.right) box.scrollLeft += (left + right) / 2 - (room.left + room.right) / 2;
  }

  function lightOnly(names) {
    for (const element of drawn()) {
      element.classList.toggle("now", names.includes(element.dataset.name));
      element.classList.remove("lit");
    }
  }

  /// What is known by this step stands in and below the neurons: a from its step on, then δ as it comes back.
  function writeValues(now) {
    const reached = (quantity, layer) => nudged || plan.findIndex((part) => part.quantity === quantity && part.layer === layer) <= at;
    for (const neuron of document.querySelectorAll(".network .neuron")) {
      const name = neuron.dataset.name, layer = name === "C" ? null : Number(/\[(\d+)\]/.exec(name)[1]);
      neuron.classList.toggle("later", layer === null ? !reached("C", null) : layer > 0 && !reached("a", layer));
      const below = neuron.querySelector(".below");
      if (!below) continue;
      const values = view.values[name];
      let quantity = now.layer === layer && values[now.quantity] !== undefined && now.quantity !== "a" ? now.quantity : "";
      const here = quantity !== "";
      if (!here) quantity = ["delta", "dC/da"].find((back) => values[back] !== undefined && plan.some((part, i) => i <= at && part.quantity === back && part.layer === layer)) || "";
      below.textContent = quantity === "" ? "" : `${symbols[quantity] || quantity} = ${values[quantity]}`;
      below.classList.toggle("past", !here);
    }
    const onEdges = now.quantity === "dC/dw" && now.uses.length > 0;  // one example's, not the means
    for (const label of document.querySelectorAll(".network [data-weight]")) {
      const shows = onEdges && Number(/\[(\d+)\]/.exec(label.dataset.weight)[1]) === now.layer;
      label.classList.toggle("gradient", shows);
      label.dataset.own ??= label.textContent;
      label.textContent = shows ? view.gradients[label.dataset.weight] : label.dataset.own;
    }
    $("on-edges").hidden = document.querySelector(".network .gradient") === null;
  }

  /// The terms of the focused sum, one path lit after another, where motion is welcome.
  function drawPaths(row) {
    clearInterval(pathTimer);
    $("paths").replaceChildren();
    if (!row.terms || row.terms.length < 2) return;
    const terms = row.terms.map((term) => ({...term, light: term.lights ? [term.lights] : undefined}));
    const box = bars(terms, {from: "sum", value: row.value, shown: row.shown}, `${row.name} as a sum`);
    $("paths").append(box);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || nudged) return;
    const lines = [...box.children];
    let shown = 0;
    for (const line of lines) line.classList.add("waiting");
    const paths = new Set(row.terms.map((term) => term.lights));
    for (const element of drawn()) if (paths.has(element.dataset.name)) element.classList.remove("now");
    pathTimer = setInterval(() => {
      const term = row.terms[shown];
      if (term?.lights) document.querySelector(`.network [data-name="${CSS.escape(term.lights)}"]`)?.classList.add("now");
      lines[shown++].classList.remove("waiting");
      if (shown === lines.length) clearInterval(pathTimer);
    }, 350);
  }

  // --- a new view, after a nudge ---

  const small = lesson.layers.reduce((sum, layer) => sum + layer.weights.length, 0) < 400;

  // One part of the steps with the numbers as they are now; the others are asked for when they are shown. While a number is
  // dragged, large networks do without the nudged twins.
  const look = (part, example = view.example, twins = true) => JSON.parse(engine.view(example, twins ? 1 : 0, part));

  function showView(next, twins = true) {
    if (next.error) {
      $("nudge-told").textContent = next.error;
      return;
    }
    view = next;
    const scrolled = $("network").scrollLeft;
    $("network").innerHTML = view.svg;  // made by gradtrace; its text is numbers
    $("network").scrollLeft = scrolled;
    showStep(at, {link: false, row: focused});
    if (asked && (twins || small)) ask(asked);
  }

  // --- asking ---

  let asked = "";
  function ask(name) {
    asked = name;
    chosen = name.startsWith(`${view.example}:`) ? name.slice(name.indexOf(":") + 1) : name;
    lightStep();
    $("asked-name").value = name;
    const box = $("why");
    $("routes").replaceChildren();
    $("why-box").classList.add("told");
    if (!engine) {
      const found = view.steps.flatMap((now) => now.rows.map((row) => ({row, now}))).find(({row}) => row.name === name || row.name === `${view.example}:${name}`);
      box.textContent = found ? `${name} = ${found.row.expression} = ${found.row.shown}\n\n${found.now.plain}` : `${name} is given, or not among the numbers shown on this page`;
      return;
    }
    const told = JSON.parse(engine.why(name, view.example));
    box.textContent = told.text || told.error;
    if (!told.routes || told.routes.count < 2) return;
    const {routes, count, sum, shown, derivative} = told.routes;
    const terms = routes.map((route, i) => ({from: `${i + 1}`, value: route.value, shown: route.shown, light: route.lights, factors: route.factors}));
    const listed = routes.reduce((total, route) => total + (route.value || 0), 0);
    if (count > routes.length) terms.push({from: "the others", value: sum - listed, shown: format(sum - listed)});
    $("routes").append(make("h3", `${count} routes to the cost${count > routes.length ? `, the ${routes.length} strongest` : ""}`));
    const box2 = bars(terms, {from: "sum", value: sum, shown: `${shown} = ${derivative}`}, "routes to the cost");
    [...box2.children].forEach((line, i) => terms[i]?.factors && line.append(make("span", terms[i].factors, {class: "factors faint"})));
    $("routes").append(box2, make("p", "Point at a route to see it in the picture.", {class: "faint"}));
  }

  // --- nudging ---

  let variable = null, start = {value: 0, derivative: 0, cost: 0}, waiting = false, curve = [];

  /// Every variable of a small network; of a large one those of the neurons drawn.
  function variables() {
    const names = [], last = lesson.layers.length;
    const neurons = (l) => Object.keys(view.values).filter((name) => name.startsWith(`a[${l}]`)).map((name) => Number(/\[(\d+)\]$/.exec(name)[1]));
    for (let l = 1; l <= last; ++l) {
      for (const j of neurons(l)) {
        for (const k of neurons(l - 1)) names.push(`w[${l}][${j},${k}]`);
        names.push(`b[${l}][${j}]`);
      }
    }
    for (const k of neurons(0)) names.push(`a[0][${k}]`);
    for (const j of neurons(last)) names.push(`y[${last}][${j}]`);
    return names;
  }

  /// The name of the largest derivative.
  function strongest(names) {
    const sizes = names.map((name) => Math.abs(engine.derivative(name, view.example)));
    return names[sizes.indexOf(Math.max(...sizes))] || names[0];
  }

  function choose(name) {
    const select = $("variable");
    if (![...select.options].some((option) => option.value === name)) select.append(make("option", name, {value: name}));
    select.value = name;
    variable = name;
    // What nudging does is held against the numbers as they were when this one was chosen.
    start = {value: engine.get(name, view.example), derivative: engine.derivative(name, view.example), cost: engine.cost(view.example)};
    const reach = Math.max(1, Math.abs(start.value)), slider = $("nudge");
    // A target stays where its cost is defined.
    const low = !name.startsWith("y") || !lesson.cost.endsWith("cross-entropy") ? -Infinity : 0, high = low === 0 && lesson.cost.startsWith("binary") ? 1 : Infinity;
    slider.min = Math.max(low, start.value - reach);
    slider.max = Math.min(high, start.value + reach);
    slider.step = "any";
    slider.value = start.value;
    curve = JSON.parse(engine.curve(name, view.example, Number(slider.min), Number(slider.max), 121));
    tellNudge();
  }

  function nudge() {
    nudged = true;
    forget();
    engine.set(variable, view.example, Number($("nudge").value));
    tellNudge();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      showView(look(at, view.example, small), small);
      $("reset").disabled = false;
    });
  }

  function tellNudge() {
    const value = engine.get(variable, view.example), change = value - start.value, cost = engine.cost(view.example);
    const real = cost - start.cost, predicted = start.derivative * change;
    $("nudge-value").replaceChildren(symbol(variable), ` = ${format(value)}`);
    $("nudge").setAttribute("aria-valuetext", `${variable} = ${format(value)}`);
    const told = $("nudge-told");
    if (!Number.isFinite(start.cost) || !Number.isFinite(start.derivative) || !Number.isFinite(cost)) {
      told.replaceChildren(make("p", `C = ${format(cost)}: beyond what a double can hold. Nudge back, or go back to the lesson's numbers.`));
    } else if (change === 0) {
      told.replaceChildren(make("p", `C = ${format(cost)}. Drag to nudge ${variable}; the derivative of C with respect to it is ${format(start.derivative)}: the slope of the line.`));
    } else {
      told.replaceChildren(bars([{from: "predicted", value: predicted, shown: `${format(start.derivative)} · ${format(change)} = ${format(predicted)}`}], {}, "what the derivative predicts"),
                           bars([{from: "C really", value: real, shown: `changed by ${format(real)}`}], {}, "what the cost does"),
                           make("p", `C = ${format(cost)}, and prediction and change are apart by ${format(real - predicted)}. ${gates ? "The line tells the curve for small nudges, as long as no ReLU changes side." : "The smaller the nudge, the better the line tells the curve."}`));
      sameScale(told, predicted, real);
    }
    drawCurve(value, cost);
  }

  const gates = lesson.layers.some((layer) => layer.activation.endsWith("relu"));

  /// Two single bars, to be compared.
  function sameScale(told, predicted, real) {
    const low = Math.min(0, predicted, real), high = Math.max(0, predicted, real), width = high - low || 1;
    [predicted, real].forEach((value, i) => {
      const [fill, zero] = told.children[i].querySelector(".track").children;
      fill.style.left = `${100 * (Math.min(0, value) - low) / width}%`;
      fill.style.width = `${Math.max(0.6, 100 * Math.abs(value) / width)}%`;
      zero.style.left = `${100 * -low / width}%`;
    });
  }

  /// C against the variable, the tangent where it was chosen, and where it stands now.
  function drawCurve(value, cost) {
    const width = 520, height = 170, slider = $("nudge"), from = Number(slider.min), to = Number(slider.max);
    const finite = curve.filter((c) => c !== null).concat(Number.isFinite(cost) ? cost : []);
    $("curve").toggleAttribute("hidden", finite.length === 0 || !Number.isFinite(start.cost) || !Number.isFinite(start.derivative));
    if ($("curve").hasAttribute("hidden")) return;  // beyond what a double can hold
    let low = Math.min(...finite), high = Math.max(...finite);
    const margin = 0.08 * (high - low) || 0.1 * Math.abs(high) || 1;
    low -= margin;
    high += margin;
    const x = (v) => (v - from) / (to - from) * width, y = (c) => (high - c) / (high - low) * height;
    const svg = $("curve");
    svg.replaceChildren();
    svg.setAttribute("viewBox", `-4 -4 ${width + 8} ${height + 24}`);
    svg.setAttribute("aria-label", `C against ${variable}, from ${format(from, 3)} to ${format(to, 3)}, with its tangent; now C = ${format(cost)}`);
    const inner = draw(svg, "svg", {x: 0, y: 0, width, height, overflow: "hidden"});
    const tangent = (v) => start.cost + start.derivative * (v - start.value);
    draw(inner, "path", {class: "curve", d: curve.map((c, i) => c === null ? "" : `${i === 0 || curve[i - 1] === null ? "M" : "L"}${(width * i / (curve.length - 1)).toFixed(1)},${y(c).toFixed(1)}`).join("")});
    draw(inner, "line", {class: "tangent", x1: 0, y1: y(tangent(from)), x2: width, y2: y(tangent(to))});
    if (value !== start.value && Number.isFinite(cost)) draw(inner, "line", {class: "apart", x1: x(value), y1: y(tangent(value)), x2: x(value), y2: y(cost)});
    draw(inner, "circle", {class: "start", cx: x(start.value), cy: y(start.cost), r: 4});
    if (Number.isFinite(cost)) draw(inner, "circle", {class: "here", cx: x(value), cy: y(cost), r: 5.5});
    draw(svg, "rect", {class: "frame", x: 0, y: 0, width, height});
    draw(svg, "text", {x: 4, y: 12}, format(high - margin, 3));
    draw(svg, "text", {x: 4, y: height - 5}, format(low + margin, 3));
    draw(svg, "text", {x: 0, y: height + 15}, format(from, 3));
    draw(svg, "text", {x: width, y: height + 15, "text-anchor": "end"}, format(to, 3));
    draw(svg, "text", {x: width / 2, y: height + 15, "text-anchor": "middle"}, `C against ${variable}`);
  }

  function reset() {
    engine.reset();
    nudged = false;
    forget();
    $("reset").disabled = true;
    showView(look(-1));
    choose(variable);
  }

  // --- trying ---

  let typed = {}, verdicts = {};

  /// With other numbers, what was typed is about a lesson that is no longer there.
  function forget() {
    if (Object.keys(typed).length === 0) return;
    typed = {};
    verdicts = {};
    for (const option of $("asked").options) option.textContent = option.value;
    $("score").textContent = "";
    $("try-told").className = "";
    $("try-told").textContent = "The numbers have changed: begin anew.";
  }

  function judge(name, text, before = typed, ofLesson = false) {
    if (engine) return JSON.parse(engine.judge(name, JSON.stringify({...before, [name]: text}), ofLesson ? 1 : 0));
    const row = view.steps.flatMap((now) => now.rows).find((candidate) => candidate.name === name);
    const value = Number(text.replace(",", ".").replace("−", "-"));
    if (!row || !Number.isFinite(value)) return {error: row ? "Type a number." : "This number is not shown on the page."};
    const unit = row.value ? 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(row.value))) - lesson.digits + 1) : 0;
    return Math.abs(value - row.value) <= unit * 1.000001 ? {verdict: "correct"} : {verdict: "wrong", feedback: "not yet: look at the rule of this step again", mistake: ""};
  }

  function tryNumbers() {
    $("try-form").hidden = lesson.asked.length === 0;
    if (lesson.asked.length === 0) return;
    const select = $("asked"), told = $("try-told");
    for (const name of lesson.asked) select.append(make("option", name, {value: name}));
    select.addEventListener("change", () => {
      $("typed").value = typed[select.value] || "";
      told.textContent = "";
    });
    $("try-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = select.value, text = $("typed").value;
      told.className = "";
      if (text.trim() === "") {
        told.textContent = "Type a number, or an expression such as 2*(0.75 − 0.01).";
        return;
      }
      const judged = judge(name, text);
      if (judged.error) {
        told.textContent = judged.error;
        return;
      }
      typed[name] = text;
      verdicts[name] = judged.verdict;
      const right = judged.verdict === "correct" || judged.verdict === "follows";
      const words = {correct: "✓ right", follows: "✓ right, given your own earlier numbers"};
      told.textContent = `${name}: ${words[judged.verdict] || `✗ ${judged.feedback}${judged.mistake ? ` (${judged.mistake})` : ""}`}`;
      told.className = judged.verdict;
      for (const option of select.options) option.textContent = (verdicts[option.value] === undefined ? "" : ["correct", "follows"].includes(verdicts[option.value]) ? "✓ " : "✗ ") + option.value;
      const done = Object.values(verdicts).filter((verdict) => verdict === "correct" || verdict === "follows").length;
      $("score").textContent = `${done} of ${lesson.asked.length} right`;
      const next = select.selectedIndex + 1;
      if (right && next < select.options.length) {
        select.selectedIndex = next;
        $("typed").value = typed[select.value] || "";
      }
    });
    $("show-step").addEventListener("click", () => {
      const name = select.value, example = /^(\d+):/.exec(name)?.[1];
      if (engine && example !== undefined && Number(example) !== view.example) showExample(Number(example));
      for (let part = 0; part < plan.length; ++part) {
        view.steps[part] ||= look(part).steps[part];
        const row = view.steps[part].rows.findIndex((candidate) => candidate.name === name);
        if (row < 0) continue;
        showStep(part, {row});
        $("steps").scrollIntoView({block: "nearest"});
        return;
      }
      told.textContent = `${name} is not among the largest numbers of its step; ask for it by name.`;
    });
  }

  /// Text with `code` in it.
  function prose(tag, text) {
    const element = make(tag);
    text.split("`").forEach((part, i) => element.append(i % 2 === 1 ? make("code", part) : part));
    return element;
  }

  /// What to do on a choice, or on a typed number; `tell` takes the verdict and what is said.
  function choices(question, n, box, tell) {
    question.choose.forEach((choice, i) => {
      const label = make("label"), radio = make("input", undefined, {type: "radio", name: `question${n}`});
      radio.addEventListener("change", () => tell(i === question.right ? "correct" : "wrong", (i === question.right ? "✓ Right. " : "✗ Not quite. ") + question.because));
      label.append(radio, prose("span", choice));
      box.append(label);
    });
  }

  function numberAsked(question, box, tell) {
    const form = make("form", undefined, {class: "controls"}), label = make("label"), input = make("input", undefined, {type: "text", size: "14", autocomplete: "off"});
    label.append(symbol(question.answer), " = ", input);
    form.append(label, make("button", "check", {type: "submit"}));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim() === "") return;
      const judged = judge(question.answer, input.value, {}, true);  // what it says of the answer is about the lesson's own numbers
      const right = judged.verdict === "correct" || judged.verdict === "follows";
      tell(judged.error ? "" : right ? "correct" : "wrong", judged.error || (right ? `✓ Right. ${question.because}` : `✗ ${judged.feedback}${judged.mistake ? ` (${judged.mistake})` : ""}`));
    });
    box.append(form);
  }

  function questions() {
    lesson.questions.forEach((question, n) => {
      const box = make("fieldset"), told = make("p", "", {role: "status"});
      const tell = (verdict, text) => {
        told.className = verdict;
        told.replaceChildren(...prose("span", text).childNodes);
      };
      box.append(prose("legend", question.ask));
      if (question.choose) choices(question, n, box, tell);
      else numberAsked(question, box, tell);
      box.append(told);
      $("questions").append(box);
    });
    $("try-box").hidden = lesson.asked.length === 0 && lesson.questions.length === 0;
    $("try-box").classList.toggle("blanks-only", lesson.questions.length === 0);
  }

  // --- on paper: the whole derivation ---

  function unfold() {
    const whole = make("section", undefined, {id: "whole"});
    for (let part = 0; part < plan.length; ++part) {
      const now = view.steps[part] ||= look(part).steps[part];
      if (now.part === 1) whole.append(make("h2", `${now.number}  ${now.title}`));
      const rule = make("div", undefined, {class: "rule-print"});
      rule.innerHTML = now.rule;
      const table = make("table"), head = make("tr"), body = make("tbody"), {lines, withNudged} = rowsOf(now, false);
      for (const [i, title] of ["number", "the numbers put in", "result", "nudged"].entries()) if (i < 3 || withNudged) head.append(make("th", title, i > 1 ? {class: "number"} : {}));
      body.append(...lines);
      table.append(make("thead"), body);
      table.tHead.append(head);
      whole.append(rule, table, ...now.notes.map((note) => make("p", note, {class: "faint"})));
      if (now.left_out > 0) whole.append(make("p", `and ${now.left_out} more`, {class: "faint"}));
    }
    $("stage").after(whole);
  }

  // --- starting ---

  function useEngine(module) {
    const call = (name, result, types) => module.cwrap(name, result, types);
    const loaded = JSON.parse(call("gt_load", "string", ["string"])($("lesson").textContent));
    if (loaded.error) {
      console.error(loaded.error);
      return;
    }
    engine = {
      view: call("gt_view", "string", ["number", "number", "number"]), why: call("gt_why", "string", ["string", "number"]),
      judge: call("gt_judge", "string", ["string", "string", "number"]), derivative: call("gt_derivative", "number", ["string", "number"]),
      curve: call("gt_curve", "string", ["string", "number", "number", "number", "number"]), cost: call("gt_cost", "number", ["number"]),
      get: call("gt_get", "number", ["string", "number"]), set: call("gt_set", null, ["string", "number", "number"]), reset: call("gt_reset", null, []),
    };
    const select = $("variable");
    for (const name of variables()) select.append(make("option", name, {value: name}));
    select.addEventListener("change", () => choose(select.value));
    $("nudge").addEventListener("input", nudge);
    $("nudge").addEventListener("change", () => small || showView(look(at)));  // let go of: with the nudged twins again
    $("reset").addEventListener("click", reset);
    $("nudge-box").hidden = false;
    choose(strongest([...select.options].map((option) => option.value).filter((name) => name.startsWith("w"))));
    if (lesson.examples.length > 1) {
      const examples = $("example");
      lesson.examples.forEach((_, e) => examples.append(make("option", String(e), {value: e})));
      examples.addEventListener("change", () => showExample(Number(examples.value)));
      drawImage();
      $("example-box").hidden = false;
    }
    document.documentElement.dataset.engine = "ready";
  }

  function showExample(example) {
    $("example").value = example;
    showView(look(-1, example));
    drawImage();
    choose(variable);
  }

  /// An input of a square number of pixels, as the picture it may be.
  function drawImage() {
    const input = lesson.examples[view.example]?.input || [], side = Math.sqrt(input.length), canvas = $("image");
    if (side < 8 || !Number.isInteger(side)) return;
    const low = Math.min(...input), high = Math.max(...input);
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d"), pixels = context.createImageData(side, side);
    input.forEach((x, i) => {
      const gray = high === low ? 0 : 255 * (x - low) / (high - low);
      pixels.data.set([gray, gray, gray, 255], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
    canvas.hidden = false;
  }

  function partOf(link) {
    const found = /^#step=(\d+)(?:\.(\d+))?$/.exec(link);
    if (!found) return null;
    const part = plan.findIndex(({number, part}) => number === Number(found[1]) && part === Number(found[2] || 1));
    return part < 0 ? null : part;
  }

  const steps = plan.filter(({part}) => part === 1), most_in_map = 40;
  if (steps.length <= most_in_map) {
    for (const {number, title} of steps) {
      const button = make("button", String(number), {type: "button", title, "aria-label": `Step ${number}: ${title}`, "data-number": number});
      button.addEventListener("click", () => showStep(plan.findIndex((part) => part.number === number)));
      $("map").append(button);
    }
  }
  $("slider").max = plan.length - 1;
  $("slider").addEventListener("input", () => showStep(Number($("slider").value)));
  $("previous").addEventListener("click", () => showStep(at - 1));
  $("next").addEventListener("click", () => showStep(at + 1));
  document.addEventListener("keydown", (event) => {
    const scrolls = event.target.matches("#network, #why, .scroll") && event.target.scrollWidth > event.target.clientWidth;
    if (scrolls || event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const inRows = $("rows").contains(event.target), move = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (event.key === "ArrowRight") showStep(at + 1);
    else if (event.key === "ArrowLeft") showStep(at - 1);
    else if (inRows && move) $("rows").children[Math.min(Math.max(focused + move, 0), $("rows").children.length - 1)].querySelector("button").focus();
    else return;
    event.preventDefault();
  });
  addEventListener("hashchange", () => partOf(location.hash) !== null && showStep(partOf(location.hash), {link: false}));
  $("network").addEventListener("click", (event) => {
    const name = event.target.closest("[data-name]")?.dataset.name;
    if (!name || name.startsWith("C[")) return;
    ask(name);
    if (engine && /^(w|b|y|a\[0\])/.test(name) && name !== variable) choose(name);
  });
  $("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = $("asked-name").value.replace(/\s/g, "");
    if (name === "") return;
    ask(name);
    if (engine && /^(w|b)\[/.test(name) && $("routes").childElementCount > 0) choose(name);
  });
  addEventListener("beforeprint", unfold);
  addEventListener("afterprint", () => $("whole")?.remove());
  tryNumbers();
  questions();
  showStep(partOf(location.hash) ?? 0, {link: false});
  async function startEngine() {
    const zipped = Uint8Array.from(atob($("engine").textContent), (c) => c.charCodeAt(0));
    const binary = new Response(new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip")));
    useEngine(await gradtraceEngine({wasmBinary: new Uint8Array(await binary.arrayBuffer())}));
  }
  // The page is there before the engine has been read.
  document.addEventListener("DOMContentLoaded", () => {
    if (typeof gradtraceEngine !== "function") return;
    startEngine().catch((error) => {
      $("no-engine").textContent = "The live part of this page needs a browser of 2023 or later.";
      console.error(error);
    });
  });
})();
