// Pages in a real browser: stepping, asking, nudging, trying, reading; without a request, an error or a barrier.
// usage: node page.mjs GRADTRACE LESSONS CHROMIUM
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {chromium} from "playwright-core";

const [, , program, lessons, executablePath] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "gradtrace-page-"));
const run = (...words) => execFileSync(program, words, {cwd: join(lessons, ".."), encoding: "utf8", maxBuffer: 1 << 28});
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"]});
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
  await page.waitForFunction(() => document.documentElement.dataset.engine === "ready", null, {timeout: 20000});
  return {page, problems};
}

async function test(name, body) {
  try {
    await body();
    console.log(`✓ ${name}`);
  } catch (error) {
    ++failed;
    console.log(`✗ ${name}\n${error.stack}`);
  }
}

const place = (page) => page.textContent("#place");
const number = (text) => Number(text.replace("−", "-"));

await test("steps by keys, buttons, slider and link", async () => {
  const {page, problems} = await open("two-outputs");
  assert.match(await place(page), /^Step 1 of 18$/);
  await page.keyboard.press("ArrowRight");
  assert.match(await place(page), /^Step 2 /);
  await page.click("#next");
  assert.match(await place(page), /^Step 3 /);
  await page.click("#previous");
  await page.keyboard.press("ArrowLeft");
  assert.match(await place(page), /^Step 1 /);
  assert.equal(await page.isDisabled("#previous"), true);
  await page.focus("#slider");
  await page.keyboard.press("End");
  assert.match(await place(page), /^Step 18 /);
  await page.evaluate(() => { location.hash = "#step=5"; });
  await page.waitForFunction(() => document.getElementById("place").textContent.startsWith("Step 5 "));
  assert.deepEqual(problems, []);
});

await test("each step lights what it uses", async () => {
  const {page} = await open("two-outputs");
  const lit = (selector) => page.locator(`.network .lit${selector}`).count();
  assert.equal(await lit(".edge"), 4);   // z of layer 1: its four weights
  assert.equal(await lit(".neuron"), 4);
  await page.keyboard.press("ArrowRight");  // a of layer 1
  assert.equal(await lit(".edge"), 0);
  assert.equal(await lit(".neuron"), 2);
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
    const steps = Number(/of (\d+)/.exec(await place(page))[1]);
    let compared = 0;
    for (let step = 0; step < steps; ++step) {
      for (const row of await page.locator("#rows tr").all()) {
        const cells = await row.locator("th, td").allTextContents();
        const exact = values.get(cells[0]);
        assert.ok(exact !== undefined, cells[0]);
        assert.ok(Math.abs(number(cells[2]) - exact) <= 5.1e-4 * Math.abs(exact), `${cells[0]}: ${cells[2]} for ${exact}`);
        ++compared;
      }
      await page.keyboard.press("ArrowRight");
    }
    assert.ok(compared > 5);
    assert.deepEqual(problems, []);
  });
}

await test("a nudge gives what a rerun of the program gives", async () => {
  const {page, problems} = await open("two-outputs");
  await page.selectOption("#variable", "w[2][0,1]");
  await page.evaluate(() => {
    const slider = document.getElementById("nudge");
    slider.value = 0.85;
    slider.dispatchEvent(new Event("input"));
  });
  const moved = Number(await page.evaluate(() => document.getElementById("nudge").value));
  const changed = join(folder, "changed.toml");
  writeFileSync(changed, readFileSync(join(lessons, "07-two-outputs.toml"), "utf8").replace(/0\.40?, 0\.45/, `0.4, ${moved}`));
  const trace = JSON.parse(run("trace", changed, "--format", "json"));
  const before = JSON.parse(run("trace", "two-outputs", "--format", "json"));
  assert.notEqual(trace.examples[0].cost, before.examples[0].cost);
  const costIs = (cost) => page.waitForFunction((text) => document.querySelector(".network .cost text").textContent === text, `C = ${cost.toPrecision(3)}`);
  await costIs(trace.examples[0].cost);
  const told = await page.textContent("#nudge-told");
  const real = number(/C changed by ([−\d.e-]+)/.exec(told)[1]), predicted = number(/ = ([−\d.e-]+);/.exec(told)[1]);
  const close = (x, y) => assert.ok(Math.abs(x - y) <= 1e-3 * Math.abs(y), `${x} for ${y}`);
  close(real, trace.examples[0].cost - before.examples[0].cost);
  close(predicted, before.examples[0].layers[1]["dC/dw"][0][1] * (moved - 0.45));
  await page.click("#reset");
  await costIs(before.examples[0].cost);
  assert.deepEqual(problems, []);
});

await test("any number is explained", async () => {
  const {page} = await open("two-outputs");
  await page.click('.network [data-name="a[1][0]"]');
  assert.match(await page.textContent("#why"), /a\[1\]\[0\] = 0\.5933/);
  assert.match(await page.textContent("#why"), /reaches C along 2 routes/);
  await page.click("#next");
  await page.click("button.name >> nth=0");
  assert.equal(await page.isVisible("#why-box"), true);
});

await test("a wrong answer is named with its idea", async () => {
  const {page} = await open("two-outputs");
  await page.selectOption("#asked", "delta[2][0]");
  const answer = async (text) => {
    await page.fill("#typed", text);
    await page.keyboard.press("Enter");
    return page.textContent("#try-told");
  };
  assert.match(await answer("1.48"), /missing-slope/);
  assert.match(await answer("0.277"), /right/);
  assert.match(await answer("1.4827*0.1868"), /right/);
  assert.match(await answer("nonsense"), /no number/);
  await page.locator("fieldset").first().locator("input").first().check();
  assert.notEqual(await page.locator("fieldset p").first().textContent(), "");
});

await test("hostile text stays text", async () => {
  const hostile = join(folder, "hostile.toml");
  const attack = "<img src=x onerror=document.title='attacked'></script><script>document.title='attacked'</script>";
  writeFileSync(hostile, `title = "${attack}"\nabout = "${attack}"\n[network]\ncost = "squared-error"\n[[layer]]\nactivation = "sigmoid"\nweights = [[1]]\nbiases = [0]\n` +
    `[[example]]\ninput = [1]\ntarget = [0]\n[[question]]\nask = "${attack}"\nchoose = ["${attack}", "b"]\nanswer = 0\nbecause = "${attack}"\n`);
  const {page, problems} = await open(hostile);
  assert.equal(await page.title(), attack);
  assert.equal(await page.locator("img").count(), 0);
  assert.deepEqual(problems, []);
});

for (const [lesson, colorScheme, width] of [["two-outputs", "light", 1280], ["softmax", "dark", 1280], ["hidden-layers", "light", 390], ["digits", "light", 1280]]) {
  await test(`no barrier in ${lesson} (${colorScheme}, ${width})`, async () => {
    const {page, problems} = await open(lesson, {colorScheme, viewport: {width, height: 800}});
    for (let i = 0; i < 9; ++i) await page.keyboard.press("ArrowRight");
    await page.click("button.name >> nth=0");
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.map((found) => `${found.id}: ${found.nodes[0].html.slice(0, 120)}`), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "wider than the screen");
    assert.deepEqual(problems, []);
  });
}

await test("keys alone are enough", async () => {
  const {page} = await open("two-outputs");
  const reached = new Set();
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.type));
  }
  for (const id of ["previous", "next", "slider", "name", "variable", "nudge", "reset", "asked", "typed", "submit", "radio"]) {
    if (id !== "previous") assert.ok(reached.has(id), `${id} cannot be reached: ${[...reached].join(", ")}`);
  }
});

await browser.close();
rmSync(folder, {recursive: true, force: true});
console.log(failed === 0 ? "all pass" : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
