import { projectFiles, textOf } from "../lib/project-files.mjs";

const binary = /\.(png|jpg|jpeg|gif|ico|woff2?|wasm|onnx|pdf|zip|gz|sqlite|db|bin)$/i;
const patterns = [
  {
    what: "a path of one machine",
    pattern: /(?:^|[\s"'`(=:])\/(?:work|root)\/[\w.-]+|(?:^|[\s"'`(=:])\/home\/(?!runner\b|user\b|you\b|me\b)[\w.-]+\/|[A-Z]:\\Users\\/,
  },
  { what: "a registry's address", pattern: /registry\.(?:npmjs\.org|yarnpkg\.com)|npm\.pkg\.github\.com|artifactory|verdaccio/i },
  { what: "a lockfile entry with an address", pattern: /tarball: *https?:/ },
];
const exempt = /^(scripts\/checks\/self-contained\.mjs|tests\/fixtures\/|plugins\/embeddings\/model\/)/;

/** Nothing in the project names a machine's folders or a package registry: it must install from wherever npm is told to look. */
export const selfContained = {
  name: "self-contained",
  async run() {
    const failures = [];
    const files = projectFiles().filter((file) => !binary.test(file) && !exempt.test(file));
    for (const file of files) {
      const lines = textOf(file).split("\n");
      lines.forEach((line, index) => {
        for (const { what, pattern } of patterns) if (pattern.test(line)) failures.push(`${file}:${index + 1} holds ${what}: ${line.trim().slice(0, 120)}`);
      });
    }
    return { failures, summary: `${files.length} files` };
  },
};
