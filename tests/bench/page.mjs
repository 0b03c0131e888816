// How fast a lesson's page is, in a real browser: until it can be used, until its engine is there, and how long a nudge takes
// to be on the screen. Run in build/browser, where .ci/prepare puts playwright-core:
//   cp tests/bench/page.mjs build/browser/bench.mjs && node build/browser/bench.mjs build/gradtrace "$(command -v chromium)" two-outputs digits
import {execFileSync} from "node:child_process";
import {mkdtempSync, rmSync, statSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {chromium} from "playwright-core";

const [, , program, executablePath, ...lessons] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "gradtrace-bench-"));
const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]});
const median = (values) => values.sort((x, y) => x - y)[Math.floor(values.length / 2)];

for (const lesson of lessons) {
  const file = join(folder, `${lesson}.html`);
  execFileSync(program, ["page", lesson, "-o", file, "--quiet"]);
  const usable = [], ready = [], nudges = {engine: [], screen: []};
  for (let run = 0; run < 5; ++run) {
    const page = await browser.newPage({viewport: {width: 1280, height: 900}});
    // The page writes its first step last of all it does before it can be used.
    await page.addInitScript(() => {
      new MutationObserver(() => {
        if (globalThis.usable === undefined && document.querySelector("#rows tr")) globalThis.usable = performance.now();
        if (globalThis.ready === undefined && document.documentElement.dataset.engine === "ready") globalThis.ready = performance.now();
      }).observe(document, {subtree: true, childList: true, attributes: true});
    });
    await page.goto(`file://${file}`);
    await page.locator("html[data-engine=ready]").waitFor({state: "attached"});
    await page.evaluate(() => { location.hash = "#step=5"; });
    const figures = await page.evaluate(async () => {
      const slider = document.getElementById("nudge"), start = Number(slider.value), engine = [], screen = [];
      const frame = () => new Promise((resume) => requestAnimationFrame(resume));
      for (let i = 1; i <= 30; ++i) {
        await frame();
        slider.value = start + i / 100;
        const begin = performance.now();
        slider.dispatchEvent(new Event("input"));
        await frame();  // the redraw was asked for before this one, so it has run by now
        engine.push(performance.now() - begin);
        await frame();
        screen.push(performance.now() - begin);
      }
      return {usable: globalThis.usable, ready: globalThis.ready, engine, screen};
    });
    usable.push(figures.usable);
    ready.push(figures.ready);
    nudges.engine.push(...figures.engine);
    nudges.screen.push(...figures.screen);
    await page.close();
  }
  console.log(`${lesson}: ${(statSync(file).size / 1000).toFixed(0)} kB; usable after ${median(usable).toFixed(0)} ms, engine ready after ${median(ready).toFixed(0)} ms; ` +
    `a nudge recomputed and redrawn after ${median(nudges.engine).toFixed(1)} ms, on the screen after ${median(nudges.screen).toFixed(1)} ms`);
}
await browser.close();
rmSync(folder, {recursive: true, force: true});
