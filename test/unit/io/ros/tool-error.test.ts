import { expect, it } from "vitest";
import { firstError } from "../../../../src/io/ros/tool-error.ts";

const outputs: [string, string, string][] = [
  [
    "the compiler's line, not make's or node-gyp's after it",
    `make: Entering directory '/x/build'
  CXX(target) Release/obj.target/rclnodejs/src/addon.o
../src/rcl_logging_bindings.cpp:17:10: fatal error: rcutils/logging.h: No such file or directory
   17 | #include <rcutils/logging.h>
compilation terminated.
make: *** [rclnodejs.target.mk:170: Release/obj.target/rclnodejs/src/addon.o] Error 1
gyp ERR! build error
gyp ERR! stack Error: \`make\` failed with exit code: 2
gyp ERR! not ok`,
    "../src/rcl_logging_bindings.cpp:17:10: fatal error: rcutils/logging.h: No such file or directory",
  ],
  [
    "the whole of a sentence that node-gyp wrapped",
    `gyp http GET https://example.invalid/headers.tar.gz
gyp ERR! configure error
gyp ERR! stack Error: This is most likely not a problem with node-gyp or the package itself and
gyp ERR! stack is related to network connectivity. In most cases you are behind a proxy or have bad
gyp ERR! stack network settings.
gyp ERR! stack at go (/x/install.js:1:1)`,
    "Error: This is most likely not a problem with node-gyp or the package itself and is related to network connectivity. In most cases you are behind a proxy or have bad network settings.",
  ],
  [
    "what CMake says below its heading",
    `-- Found Python3
CMake Error at CMakeLists.txt:4 (find_package):
  By not providing "Findament_cmake.cmake" in CMAKE_MODULE_PATH this project has
  asked CMake to find a package configuration file.

-- Configuring incomplete, errors occurred!`,
    'CMake Error at CMakeLists.txt:4 (find_package): By not providing "Findament_cmake.cmake" in CMAKE_MODULE_PATH this project has asked CMake to find a package configuration file.',
  ],
  [
    "pip's error, not its warnings of retries",
    `WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError': /simple/x/
ERROR: Could not find a version that satisfies the requirement ros-rclpy==9.9
ERROR: No matching distribution found for ros-rclpy==9.9`,
    "ERROR: Could not find a version that satisfies the requirement ros-rclpy==9.9",
  ],
  [
    "npm's reason, not its code",
    `npm error code ENOTFOUND
npm error syscall getaddrinfo
npm error errno ENOTFOUND
npm error network request to https://registry.invalid/x failed, reason: getaddrinfo ENOTFOUND
npm error A complete log of this run can be found in: /x`,
    "network request to https://registry.invalid/x failed, reason: getaddrinfo ENOTFOUND",
  ],
  [
    "what a program threw",
    "x\n  throw e\nTypeError: a is not a function\n    at b",
    "TypeError: a is not a function",
  ],
];

for (const [what, output, line] of outputs) {
  it(`the first error of a tool is ${what}`, () => expect(firstError(output)).toBe(line));
}

it("a tool that names no error has none, and an endless line is cut", () => {
  expect(firstError("all is well\n")).toBe("");
  expect(firstError(`x.c:1:1: error: ${"y".repeat(5000)}`).length).toBeLessThan(300);
});
