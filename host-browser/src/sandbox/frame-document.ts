/**
 * The one script of a guest's frame: it takes the worker's program, its assets and the port to the kernel, starts the worker from a blob,
 * hands the rest on and listens to nothing more. The page's policy and the frame's own name it by its hash.
 */
export const frameScript =
  'addEventListener("message",({source,data,ports})=>{if(source!==parent)return;const url=URL.createObjectURL(new Blob([data.program],{type:"text/javascript"}));new Worker(url,{name:"sandboxed plugin"}).postMessage(data.parts,ports)},{once:true})';
export const frameScriptHash = "sha256-8IREr09oyqj49hXi9cqePWzLhZSOmISkFYA15M+09yI=";

/** Nothing may be fetched, and no script may run but this one and what the worker is started from. A worker from a blob inherits it. */
const policy = `default-src 'none'; script-src '${frameScriptHash}' blob: 'wasm-unsafe-eval'; worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'`;

export const frameDocument = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><script>${frameScript}</script>`;
