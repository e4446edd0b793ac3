/**
 * Stops with a clear message on a Node that is too old. Every script imports this first, so it uses
 * nothing that an old Node lacks.
 */
const MINIMUM = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const [minimumMajor = 0, minimumMinor = 0] = MINIMUM;

if (major < minimumMajor || (major === minimumMajor && minor < minimumMinor)) {
  process.stderr.write(
    `This project needs Node ${MINIMUM.join(".")} or newer, and this is Node ${process.versions.node}.\n`,
  );
  process.exit(1);
}
