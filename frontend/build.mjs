// Builds scripts (islands are split and load on demand), the style sheet and the icon sprite.
// Names stay plain: Django's manifest storage hashes them. Usually called by build.py.
import * as esbuild from "esbuild";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const out = "../rapport/ui/static/dist";
mkdirSync(out, { recursive: true });
// chunks carry a hash in their name, so old ones would pile up
for (const name of readdirSync(out)) if (name.startsWith("chunk-")) rmSync(`${out}/${name}`);

const folder = "node_modules/lucide-static/icons";
const names = JSON.parse(readFileSync(process.env.RAPPORT_ICONS ?? "icons.json", "utf8"));
const symbol = (name) => {
  const body = readFileSync(`${folder}/${name}.svg`, "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").replaceAll(" />", "/>").trim()}</symbol>`;
};
const known = names.filter((name) => existsSync(`${folder}/${name}.svg`));
writeFileSync(
  `${out}/icons.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg">${known.map(symbol).join("")}</svg>\n`,
);

for (const name of ["logo.svg", "manifest.json"]) copyFileSync(name, `${out}/${name}`);
// phones and desks that install Rapport want pictures of the logo in fixed sizes
for (const name of readdirSync("icons")) copyFileSync(`icons/${name}`, `${out}/${name}`);

const shared = {
  outdir: out, bundle: true, minify: true, target: "es2022", logLevel: "warning", legalComments: "none",
};
const scripts = {
  ...shared, format: "esm", metafile: true, splitting: true, chunkNames: "chunk-[hash]", entryPoints: { app: "scripts/app.js" },
};
const boot = { ...shared, format: "iife", entryPoints: { boot: "scripts/boot.js" } };
const style = { ...shared, entryPoints: { style: "styles/app.css", office: "styles/office.css", touch: "styles/touch.css", contrast: "styles/contrast.css", print: "styles/print.css" }, external: ["*.woff2"] };

if (process.argv.includes("--watch")) {
  for (const options of [scripts, boot, style]) {
    await (await esbuild.context({ ...options, logLevel: "info" })).watch();
  }
} else {
  const [built] = await Promise.all([scripts, boot, style].map((options) => esbuild.build(options)));
  // what app.js imports at once is preloaded by the page, so that it need not be found out first
  const entry = Object.entries(built.metafile.outputs).find(([path]) => path.endsWith("/app.js"))[1];
  const first = entry.imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => basename(path));
  writeFileSync(`${out}/preload.json`, JSON.stringify(first));
}
