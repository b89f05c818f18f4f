/** How the tests start Chromium: also as root in a container, without a network of its own, software WebGPU allowed. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** Adds a WebGPU adapter where there is no graphics card: right results, slowly, without shader-f16. */
export const softwareWebGpuFlags = ["--enable-unsafe-webgpu"];
