import { expect, it } from "vitest";
import { modelFolders } from "./local-models.ts";

it("a model is a folder with a configuration and weights, and the encoder is none", () => {
  const assets = ["index.json", "use-lite-en/config.json", "use-lite-en/onnx/model_quantized.onnx", "b/config.json", "b/onnx/model.onnx", "org/a/config.json"];
  expect(modelFolders(new Set([...assets, "org/a/onnx/model_q4.onnx", "half/config.json", "half/tokenizer.json"]))).toEqual(["b", "org/a"]);
  expect(modelFolders(new Set())).toEqual([]);
});
