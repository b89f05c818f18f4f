/** What each scenario shows, wherever the plugin runs. */
export const expected: { readonly [scenario: string]: unknown } = {
  "the router takes the cheapest that fits, within what is left, and leaves a person's choice alone": [
    "active",
    {
      plugin: "acme.frugal-router",
      value: {
        model: "test/dear",
        maxOutputTokens: 800,
        why: "The cheapest of 2 that fit: about $0.002105.",
        considered: [{ model: "test/dearest", why: "about $0.021050" }],
      },
    },
    {
      plugin: "acme.frugal-router",
      value: {
        model: "test/echo",
        maxOutputTokens: 800,
        why: "The cheapest of 3 that fit: about $0.000000.",
        considered: [
          { model: "test/dear", why: "about $0.002105" },
          { model: "test/dearest", why: "about $0.021050" },
        ],
      },
    },
    undefined,
    undefined,
    undefined,
    undefined,
  ],
  "the router decides in a run": {
    status: "accepted",
    output: "by test/reviewer",
    agents: [
      ["a", "test/reviewer", "The cheapest of 1 that fit: about $0.000000."],
      ["b", "test/reviewer", "The cheapest of 1 that fit: about $0.000000."],
    ],
  },
  "the judge asks a model, billed to itself, and scores by its answer": [
    {
      status: "accepted",
      verdicts: [{ judge: "acme.second-opinion", score: 0.8, decision: "accept", reasons: ["It answers the task."] }],
      byPlugin: { "orrery.topology.sequential": 0, "acme.second-opinion": 0 },
      calls: 2,
      asked: ["test/reviewer", "acme.second-opinion"],
    },
    {
      status: "rejected",
      verdicts: [{ judge: "acme.second-opinion", score: 0.2, decision: "reject", reasons: ["off the point"] }],
      byPlugin: { "orrery.topology.sequential": 0, "acme.second-opinion": 0 },
      calls: 2,
      asked: ["test/reviewer", "acme.second-opinion"],
    },
    {
      status: "accepted",
      verdicts: [{ judge: "acme.second-opinion", score: 0, decision: "abstain", reasons: ["test/reviewer gave no mark"] }],
      byPlugin: { "orrery.topology.sequential": 0, "acme.second-opinion": 0 },
      calls: 2,
      asked: ["test/reviewer", "acme.second-opinion"],
    },
  ],
  "the judge stands back where it may not ask": {
    status: "accepted",
    verdicts: [{ judge: "acme.second-opinion", score: 0, decision: "abstain", reasons: ["nobody could be asked (QUESTIONS_TOO_MANY)"] }],
    log: [["warn", "no second opinion: QUESTIONS_TOO_MANY"]],
  },
  "the tool is offered, counts what it is given and leaves other tools alone": [
    [
      {
        ok: true,
        plugin: "acme.word-count",
        value: [
          {
            name: "count",
            description: "Counts the words, sentences and characters of a text.",
            input: {
              type: "object",
              properties: { text: { type: "string", maxLength: 200_000, description: "The text to count in." } },
              required: ["text"],
              additionalProperties: false,
            },
            effects: [],
            idempotent: true,
          },
        ],
      },
    ],
    { plugin: "acme.word-count", value: { ok: true, output: { words: 5, sentences: 3, characters: 23 } } },
    { plugin: "acme.word-count", value: { ok: true, output: { words: 0, sentences: 0, characters: 0 } } },
    undefined,
  ],
  "the observer shows what it saw, under Extend and beside a run": [
    [
      {
        plugin: "acme.work-log",
        view: { title: "Work log", blocks: [{ kind: "text", text: "Nothing has been done since this plugin was loaded.", tone: "muted" }] },
      },
    ],
    [
      {
        plugin: "acme.work-log",
        view: {
          title: "Who did what",
          blocks: [
            {
              kind: "table",
              columns: ["Agent", "Model", "Tokens", "US dollars"],
              rows: [
                ["a", "test/echo", 5, 0],
                ["b", "test/echo", 5, 0],
              ],
            },
          ],
        },
      },
    ],
    [
      {
        plugin: "acme.work-log",
        view: {
          title: "Work log",
          blocks: [
            { kind: "stat", label: "Runs", value: 1 },
            { kind: "chart", as: "bars", title: "Tokens written, newest run first", labels: ["RUN"], series: [{ name: "tokens", values: [10] }] },
            { kind: "list", items: [{ run: "RUN", label: "2 steps" }] },
          ],
        },
      },
    ],
    [],
  ],
  "the observer shows nothing where it was not granted a view, and that is told": [
    [{ plugin: "acme.work-log", problem: { code: "CAPABILITY_DENIED", message: "acme.work-log was not granted ui.view" } }],
    { granted: [], denied: ["ui.view"], used: [] },
  ],
};
