// Pages in a real browser: stepping, asking, nudging, trying, reading; without a request, an error or a barrier.
// usage: node page.mjs GRADTRACE LESSONS CHROMIUM [WORD]: the tests with that word in their names alone
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {chromium} from "playwright-core";

const [, , program, lessons, executablePath, word = ""] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "gradtrace-page-"));
const run = (...words) => execFileSync(program, words, {cwd: join(lessons, ".."), encoding: "utf8", maxBuffer: 1 << 28});
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];  // it asks nobody for anything
const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", ...quiet]});
let failed = 0;

async function open(lesson, options = {}) {
  const file = join(folder, "page.html");
  run("page", lesson, "-o", file, "--quiet");
  const page = await browser.newPage({viewport: {width: 1280, height: 900}, reducedMotion: "reduce", ...options});
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text().slice(0, 200)));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => request.url() !== `file://${file}` && problems.push(`request: ${request.url().slice(0, 80)}`));
  await page.goto(`file://${file}`);
  await page.locator("html[data-engine=ready]").waitFor({state: "attached", timeout: 20000});
  return {page, problems};
}

async function test(name, body) {
  if (!name.includes(word)) return;
  try {
    await body();
    console.log(`✓ ${name}`);
  } catch (error) {
    ++failed;
    console.log(`✗ ${name}\n${error.stack}`);
  }
}

const place = (page) => page.textContent("#place");
const number = (text) => Number(text.replaceAll("−", "-"));
/// Until `read` gives `wanted`: the page's policy lets nothing be evaluated in it, so we ask from outside.
async function until(read, wanted) {
  for (let i = 0; i < 200; ++i) {
    if (await read() === wanted) return;
    await new Promise((resume) => setTimeout(resume, 25));
  }
  assert.equal(await read(), wanted);
}
const drag = (page, value) => page.evaluate((to) => {
  const slider = document.getElementById("nudge");
  slider.value = to;
  slider.dispatchEvent(new Event("input"));
  return Number(slider.value);
}, value);

await test("steps by keys, buttons, slider, numbers and link", async () => {
  const {page, problems} = await open("two-outputs");
  assert.equal(await place(page), "Step 1 of 9, part 1 of 2");
  await page.keyboard.press("ArrowRight");
  assert.equal(await place(page), "Step 1 of 9, part 2 of 2");
  await page.click("#next");
  assert.equal(await place(page), "Step 2 of 9, part 1 of 2");
  await page.click("#previous");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await place(page), "Step 1 of 9, part 1 of 2");
  assert.equal(await page.isDisabled("#previous"), true);
  await page.focus("#slider");
  await page.keyboard.press("End");
  assert.equal(await place(page), "Step 9 of 9, part 2 of 2");
  assert.equal(await page.isDisabled("#next"), true);
  await page.click("#map button >> nth=5");
  assert.equal(await page.textContent("#title"), "back to layer 1: one term a path");
  assert.match(page.url(), /#step=6\.1$/);
  await page.evaluate(() => { location.hash = "#step=4.3"; });
  await until(() => place(page), "Step 4 of 9, part 3 of 3");
  await page.evaluate(() => { location.hash = "#step=77"; });  // no such step: stays
  assert.equal(await place(page), "Step 4 of 9, part 3 of 3");
  assert.deepEqual(problems, []);
});

await test("each step lights what it uses, and each row its own", async () => {
  const {page} = await open("two-outputs");
  const count = (selector) => page.locator(`.network ${selector}`).count();
  assert.equal(await count(".lit.edge"), 4);   // z of layer 1: its four weights
  assert.equal(await count(".lit.neuron"), 4);
  assert.equal(await count(".now.edge"), 2);   // z of neuron 0: its two
  await page.keyboard.press("ArrowRight");  // a of layer 1
  assert.equal(await count(".lit.edge"), 0);
  assert.equal(await count(".lit.neuron"), 2);
  await page.evaluate(() => { location.hash = "#step=6.2"; });  // ∂C/∂a of layer 1: back along the weights of layer 2
  await until(() => place(page), "Step 6 of 9, part 2 of 2");
  const lit = () => page.locator(".network .now.edge").evaluateAll((edges) => edges.map((edge) => edge.dataset.name).join(" "));
  assert.equal(await lit(), "w[2][0,0] w[2][1,0]");
  await page.locator("button.name").first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await lit(), "w[2][0,1] w[2][1,1]");
  assert.match(await page.textContent("#numbers"), /0\.1246 \+ \(−0\.04191\) = 0\.08274.*nudged: 0\.08274 ✓/);
});

await test("where paths meet, their terms make the sum, one after another", async () => {
  const {page} = await open("two-outputs", {reducedMotion: "no-preference"});
  await page.evaluate(() => { location.hash = "#step=6.2"; });
  const rows = () => page.locator("#paths .term").evaluateAll((terms) => terms.filter((term) => !term.classList.contains("waiting")).length);
  await until(rows, 1);
  assert.equal(await page.locator(".network .now.edge").count(), 1);  // the first path alone
  await until(rows, 3);
  assert.match(await page.locator("#paths .opposes").textContent(), /through 1.*−0\.03810 opposes/);
  // The sum's bar ends where the last term's does.
  const ends = await page.locator("#paths .fill").evaluateAll((fills) => fills.map((fill) => [parseFloat(fill.style.left), parseFloat(fill.style.left) + parseFloat(fill.style.width)]));
  assert.ok(Math.abs(ends[1][0] - ends[2][1]) < 1e-6, String(ends));
  assert.ok(Math.abs(ends[0][1] - ends[1][1]) < 1e-6, String(ends));
});

await test("what is not computed yet is not shown yet", async () => {
  const {page} = await open("two-outputs");
  const visible = (name) => page.locator(`.network [data-name="${name}"] .value`).isVisible();
  assert.deepEqual([await visible("a[0][0]"), await visible("a[1][0]"), await visible("C")], [true, false, false]);
  await page.keyboard.press("ArrowRight");
  assert.deepEqual([await visible("a[1][0]"), await visible("a[2][0]"), await visible("C")], [true, false, false]);
  for (let i = 0; i < 3; ++i) await page.keyboard.press("ArrowRight");
  assert.deepEqual([await visible("a[2][0]"), await visible("C")], [true, true]);
});

for (const lesson of ["one-neuron", "two-outputs", "relu", "softmax", "whole-dataset", "hidden-layers"]) {
  await test(`the numbers of ${lesson} are the program's`, async () => {
    const {page, problems} = await open(lesson);
    const values = new Map();
    const several = lesson === "whole-dataset";
    for (const line of run("trace", lesson, "--format", "csv").trim().split("\n").slice(1)) {
      const [example, quantity, layer, j, k, value] = line.split(",");
      const indices = quantity === "path" ? [k, j] : [j, k];
      values.set((several && example !== "" ? `${example}:` : "") + quantity + (layer === "" ? "" : `[${layer}][${indices.filter((i) => i !== "").join(",")}]`), Number(value));
    }
    const slider = page.locator("#slider"), parts = Number(await slider.getAttribute("max"));
    let compared = 0, nudged = 0;
    for (let part = 0; part <= parts; ++part) {
      for (const row of await page.locator("#rows tr").all()) {
        const name = await row.getAttribute("data-name"), cells = await row.locator("td").allTextContents();
        const exact = values.get(name);
        assert.ok(exact !== undefined, name);
        const close = (text) => assert.ok(Math.abs(number(text) - exact) <= 5.1e-4 * Math.abs(exact), `${name}: ${text} for ${exact}`);
        close(cells[1]);
        ++compared;
        if (!cells[2]?.endsWith(" ✓")) continue;
        close(cells[2].slice(0, -2));
        ++nudged;
      }
      await page.keyboard.press("ArrowRight");
    }
    assert.ok(compared > 5 && nudged > 3);
    assert.equal(await page.locator("#slider").inputValue(), String(parts));
    assert.deepEqual(problems, []);
  });
}

await test("a nudge gives what a rerun of the program gives", async () => {
  const {page, problems} = await open("two-outputs");
  const weight = "w[2][0,1]";
  await page.selectOption("#variable", weight);
  const moved = await drag(page, 0.85);
  const changed = join(folder, "changed.toml");
  const toml = readFileSync(join(lessons, "07-two-outputs.toml"), "utf8");
  writeFileSync(changed, toml.replace(/0\.40?, 0\.45/, `0.4, ${moved}`));
  const trace = JSON.parse(run("trace", changed, "--format", "json")), before = JSON.parse(run("trace", "two-outputs", "--format", "json"));
  assert.notEqual(trace.examples[0].cost, before.examples[0].cost);
  const costIs = (cost) => until(() => page.textContent(".network .cost .value"), `C = ${cost.toPrecision(3)}`);
  await costIs(trace.examples[0].cost);
  const told = await page.textContent("#nudge-told");
  const real = number(/changed by ([−\d.e-]+)/.exec(told)[1]), predicted = number(/ = ([−\d.e-]+)C really/.exec(told)[1]);
  const close = (x, y) => assert.ok(Math.abs(x - y) <= 1e-3 * Math.abs(y), `${x} for ${y}`);
  close(real, trace.examples[0].cost - before.examples[0].cost);
  close(predicted, before.examples[0].layers[1]["dC/dw"][0][1] * (moved - 0.45));
  // Every step has the new numbers, those not in sight while it was dragged too.
  for (const [link, layer] of [["#step=4.3", 1], ["#step=7.2", 0]]) {
    await page.evaluate((to) => { location.hash = to; }, link);
    await until(() => page.textContent("#rows tr:nth-child(1) .number >> nth=0").then((text) => number(text).toPrecision(4)), trace.examples[0].layers[layer].delta[0].toPrecision(4));
  }
  await page.click("#reset");
  await costIs(before.examples[0].cost);
  assert.deepEqual(problems, []);
});

await test("bias, input and target are nudged too", async () => {
  const {page, problems} = await open("two-outputs");
  const before = JSON.parse(run("trace", "two-outputs", "--format", "json")).examples[0];
  const layers = before.layers, a = layers[1].a, y = [0.01, 0.99];
  for (const [name, derivative] of [["b[1][1]", layers[0]["dC/db"][1]], ["a[0][1]", before["dC/dx"][1]], ["y[2][0]", -2 * (a[0] - y[0])]]) {
    await page.selectOption("#variable", name);
    const told = await page.textContent("#nudge-told");
    const shown = number(/with respect to it is ([−\d.e-]+):/.exec(told)[1]);
    assert.ok(Math.abs(shown - derivative) <= 1e-3 * Math.abs(derivative), `${name}: ${shown} for ${derivative}`);
    const start = Number(await page.inputValue("#nudge")), cost = await page.textContent(".network .cost .value");
    await drag(page, start + 0.5);
    assert.match(await page.textContent("#nudge-told"), /prediction and change are apart/);
    if (name[0] !== "y") await until(() => page.textContent(".network .cost .value").then((text) => text !== cost), true);
    await page.click("#reset");
  }
  assert.deepEqual(problems, []);
});

await test("the examples of a data set", async () => {
  const {page, problems} = await open("whole-dataset");
  const trace = JSON.parse(run("trace", "whole-dataset", "--format", "json"));
  await page.selectOption("#example", "1");
  await until(() => page.textContent(".network .cost .value"), `C = ${Number(trace.examples[1].cost.toPrecision(3))}`);
  assert.match(await page.locator("#rows tr").first().getAttribute("data-name"), /^1:/);
  await page.selectOption("#asked", "2:delta[1][0]");
  await page.click("#show-step");
  assert.equal(await page.locator("tr.focused").getAttribute("data-name"), "2:delta[1][0]");
  assert.equal(await page.inputValue("#example"), "2");
  // Stepping from within the table, the focus stays there.
  await page.locator("button.name").first().focus();
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.evaluate(() => document.activeElement.className), "name");
  assert.deepEqual(problems, []);
});

await test("any number is explained", async () => {
  const {page} = await open("two-outputs");
  await page.click('.network [data-name="a[1][0]"]');
  assert.match(await page.textContent("#why"), /a\[1\]\[0\] = 0\.5933/);
  assert.match(await page.textContent("#routes"), /2 routes to the cost/);
  await page.locator("#routes button").nth(1).focus();
  const lit = await page.locator(".network .now").evaluateAll((elements) => elements.map((element) => element.dataset.name).join(" "));
  assert.equal(lit, "w[2][1,0] a[1][0] a[2][1] C[1] C");
  await page.fill("#asked-name", "dC/dw[2][0,1]");
  await page.keyboard.press("Enter");
  assert.equal(await page.textContent("#why"), run("why", "two-outputs", "dC/dw[2][0,1]", "--width", "64"));
  await page.fill("#asked-name", "dC/dw[9][0,1]");
  await page.keyboard.press("Enter");
  assert.match(await page.textContent("#why"), /there is no layer 9; the last is 2/);
  await page.click("#next");
  await page.click("button.name >> nth=0");
  assert.match(await page.textContent("#why"), /^a\[1\]\[0\]/);
});

await test("a wrong answer is named with its idea", async () => {
  const {page} = await open("two-outputs");
  const answer = async (name, text) => {
    await page.selectOption("#asked", name);
    await page.fill("#typed", text);
    await page.keyboard.press("Enter");
    return page.textContent("#try-told");
  };
  assert.match(await answer("delta[2][0]", "1.48"), /missing-slope/);
  assert.match(await answer("dC/dw[2][0,0]", "0.8797"), /right, given your own earlier numbers/);  // 1.4827 · 0.5933
  assert.match(await answer("delta[2][0]", "0.277"), /✓ right$/);
  assert.match(await answer("dC/dw[2][0,0]", "0.8797"), /✗/);  // which no longer follows
  assert.match(await answer("delta[2][0]", "1.4827*0.1868"), /✓ right$/);
  assert.match(await answer("delta[2][0]", "nonsense"), /no number/);
  assert.match(await page.textContent("#score"), /^0 of \d+ right$/);
  assert.match(await answer("delta[2][0]", "0.1385"), /missing-two/);  // with nothing typed before it
  await page.selectOption("#asked", "delta[1][1]");
  await page.click("#show-step");
  assert.equal(await page.locator("tr.focused").getAttribute("data-name"), "delta[1][1]");
  await page.locator("fieldset").first().locator("input").first().check();
  assert.notEqual(await page.locator("fieldset p").first().textContent(), "");
});

await test("the lesson's questions, choices and numbers", async () => {
  const {page, problems} = await open("two-outputs");
  const toml = readFileSync(join(lessons, "07-two-outputs.toml"), "utf8");
  assert.equal(await page.locator("fieldset").count(), toml.match(/\[\[question\]\]/g).length);
  const asked = page.locator("fieldset form").first();
  const reply = async (text) => {
    await asked.locator("input").fill(text);
    await asked.locator("button").click();
    return page.locator("fieldset", {has: page.locator("form")}).first().locator("p").textContent();
  };
  assert.match(await reply("0.08274"), /^✓ Right\. ./);
  assert.match(await reply("0.1246"), /single-path/);
  assert.deepEqual(problems, []);
});

await test("what is on the screen is what is asked", async () => {
  const {page} = await open("two-outputs");
  await page.selectOption("#variable", "w[2][0,0]");
  await page.selectOption("#asked", "delta[2][0]");
  await page.fill("#typed", "0.277");
  await page.keyboard.press("Enter");
  await drag(page, 1.2);
  assert.match(await page.textContent("#try-told"), /numbers have changed/);
  await page.selectOption("#asked", "delta[2][0]");
  await page.click("#show-step");
  const shown = await page.locator("tr.focused td.number").first().textContent();
  assert.notEqual(shown, "0.2770");
  await page.fill("#typed", shown);
  await page.click("#try-form button[type=submit]");
  assert.match(await page.textContent("#try-told"), /✓ right/);
});

await test("a data set too large to be carried whole", async () => {
  const many = join(folder, "many.toml");
  writeFileSync(join(folder, "x.csv"), Array.from({length: 120}, (_, e) => Array.from({length: 400}, (_, k) => ((e * 7 + k * 3) % 11) / 11).join(",")).join("\n"));
  writeFileSync(join(folder, "y.csv"), Array.from({length: 120}, (_, e) => e % 2).join("\n"));
  writeFileSync(many, `title = "Many"\n[network]\ncost = "squared-error"\n[[layer]]\nneurons = 1\nactivation = "sigmoid"\nweights = {random = "normal", scale = 0.1, seed = 1}\nbiases = [0]\n` +
    `[dataset]\ninputs = {file = "x.csv"}\ntargets = {file = "y.csv"}\n`);
  const {page, problems} = await open(many);
  assert.match(await page.textContent("#example-box"), /first 99 of the 120 examples/);
  await page.selectOption("#example", "98");
  await page.locator("#slider").fill(await page.getAttribute("#slider", "max"));
  await drag(page, 0.5);
  await until(() => page.isDisabled("#reset"), false);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.ok(await page.locator("#whole tbody tr").count() > 10);
  assert.match(await page.locator("#rows tr").first().getAttribute("data-name"), /^98:/);
  assert.deepEqual(problems, []);
});

await test("without the engine all but the live part", async () => {
  const file = join(folder, "still.html");
  run("page", "two-outputs", "-o", file, "--quiet");
  // As a program built without emscripten writes it: no engine, and no script that brings it.
  writeFileSync(file, readFileSync(file, "utf8").replace(/<script type="text\/plain" id="engine">[^]*?<\/script>\n<script>[^]*?<\/script>\n/, ""));
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(`file://${file}#step=6.2`);
  assert.equal(await place(page), "Step 6 of 9, part 2 of 2");
  assert.equal(await page.isVisible("#nudge-box"), false);
  await page.click("button.name >> nth=0");
  assert.match(await page.textContent("#why"), /0\.1108 \+ \(−0\.03810\) = 0\.07270/);
  await page.selectOption("#asked", "delta[2][0]");
  for (const [text, told] of [["0.277", /✓ right/], ["1.48", /✗/], ["x", /Type a number/]]) {
    await page.fill("#typed", text);
    await page.click("text=check");
    assert.match(await page.textContent("#try-told"), told);
    await page.selectOption("#asked", "delta[2][0]");
  }
  assert.deepEqual(problems, []);
});

await test("on paper the whole derivation", async () => {
  const {page, problems} = await open("two-outputs");
  await page.emulateMedia({media: "print"});
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("#whole h2").count(), 9);
  assert.equal(await page.locator("#whole h2").first().isVisible(), true);
  assert.equal(await page.locator("#steps").isVisible(), false);
  assert.equal(await page.locator("#whole tbody tr").count(), run("trace", "two-outputs", "--format", "csv").split("\n").filter((line) => /^0?,(z|a|C|dC|slope|delta|path)/.test(line) && !/^0,a,0/.test(line)).length);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("#whole").count(), 0);
  assert.deepEqual(problems, []);
});

await test("hostile text stays text", async () => {
  const hostile = join(folder, "hostile.toml");
  const attack = "<img src=x onerror=document.title='attacked'></script><script>document.title='attacked'</script>" + "W".repeat(300);
  const story = `${attack} ![a picture](pic.png) ![another](http://localhost/b.png) [a link](javascript:alert(1)) [fine](https://example.org/) \n\n# Heading`;
  writeFileSync(hostile, `title = "${attack}"\nabout = """${story}"""\n[network]\ncost = "squared-error"\n[[layer]]\nactivation = "sigmoid"\nweights = [[1]]\nbiases = [0]\n` +
    `[[example]]\ninput = [1]\ntarget = [0]\n[[question]]\nask = "${attack}"\nchoose = ["${attack}", "b"]\nanswer = 0\nbecause = "${attack}"\n`);
  const {page, problems} = await open(hostile);
  assert.equal(await page.title(), attack);
  assert.equal(await page.locator("img").count(), 0);
  assert.match(await page.textContent(".story"), /\[a picture\] \[another\] a link fine/);
  assert.deepEqual(await page.locator(".story a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))), ["https://example.org/"]);
  assert.equal(await page.locator("h1").count(), 1);
  await page.setViewportSize({width: 390, height: 800});
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  assert.deepEqual(problems, []);
});

for (const [lesson, colorScheme, width] of [["two-outputs", "light", 1280], ["softmax", "dark", 1280], ["hidden-layers", "light", 390], ["whole-dataset", "dark", 390], ["digits", "light", 1280]]) {
  await test(`no barrier in ${lesson} (${colorScheme}, ${width})`, async () => {
    const {page, problems} = await open(lesson, {colorScheme, viewport: {width, height: 800}});
    const last = Number(await page.getAttribute("#slider", "max"));
    await page.evaluate(axe);
    for (const part of [0, Math.floor(last / 2), last - 1]) {
      await page.locator("#slider").fill(String(part));
      await page.click("button.name >> nth=0");
      if (part > 0) await drag(page, 0.3);
      const {violations} = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map((found) => `${found.id}: ${found.nodes[0].html.slice(0, 120)} ${found.nodes[0].failureSummary}`), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "wider than the screen");
    }
    assert.deepEqual(problems, []);
  });
}

await test("no barrier in the index", async () => {
  const site = join(folder, "site");
  run("page", "one-neuron", "two-outputs", "-o", `${site}/`, "--quiet");
  const page = await browser.newPage({viewport: {width: 390, height: 800}});
  await page.goto(`file://${site}/index.html`);
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((found) => `${found.id}: ${found.nodes[0].html.slice(0, 120)}`), []);
  await page.click("a >> nth=1");
  assert.match(await page.title(), /Two outputs/);
  await page.click('a[rel="prev"] >> nth=0');
  await page.click('a[rel="up"] >> nth=0');
  assert.equal(await page.locator(".lessons a").count(), 2);
});

await test("a picture wider than the screen follows the step", async () => {
  const {page} = await open("vanishing", {viewport: {width: 390, height: 800}});
  for (const link of ["#step=9", "#step=1.1", "#step=20.1"]) {
    await page.evaluate((to) => { location.hash = to; }, link);
    await until(() => page.evaluate(() => {
      const box = document.getElementById("network").getBoundingClientRect();
      return [...document.querySelectorAll(".network .lit")].some((element) => element.getBoundingClientRect().left >= box.left && element.getBoundingClientRect().right <= box.right);
    }), true);
  }
  // Arrow keys scroll what has the focus and is too wide.
  const before = await place(page);
  await page.focus("#network");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await place(page), before);
});

await test("keys alone are enough", async () => {
  const {page} = await open("two-outputs");
  const reached = new Set();
  for (let i = 0; i < 80; ++i) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.type));
    const seen = await page.evaluate(() => document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== "none");
    assert.ok(seen, "focus is not visible");
  }
  for (const id of ["next", "slider", "name", "variable", "nudge", "asked-name", "asked", "typed", "submit", "show-step", "radio"]) {
    assert.ok(reached.has(id), `${id} cannot be reached: ${[...reached].join(", ")}`);
  }
  await page.focus("#nudge");
  const cost = await page.textContent(".network .cost .value");
  for (let i = 0; i < 40; ++i) await page.keyboard.press("ArrowRight");
  await until(() => page.textContent(".network .cost .value").then((text) => text !== cost), true);
});

await browser.close();
rmSync(folder, {recursive: true, force: true});
console.log(failed === 0 ? "all pass" : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
