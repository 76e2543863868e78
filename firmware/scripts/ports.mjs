// What the build knows of each port: its target in make, what it leaves, and the tools it needs with Debian's names.

const arm = [
  ["arm-none-eabi-g++", "gcc-arm-none-eabi"],
  ["arm-none-eabi-objcopy", "binutils-arm-none-eabi"],
];
const newlib = ["/usr/include/newlib/string.h", "libnewlib-arm-none-eabi"];
const make = ["make", "make"];

/**
 * `prefix`: of binutils. `image`: below the build's folder. `isThumb`: the deepest stack can be read. `frame`: the
 * largest stack frame allowed, where it is not that of a microcontroller.
 */
export const ports = [
  { name: "posix", prefix: "", image: "posix/twin-posix", frame: 8192, tools: [make, ["g++", "g++"]] },
  {
    name: "rp2040",
    prefix: "arm-none-eabi-",
    image: "rp2040/twin-rp2040.elf",
    shipped: "rp2040/twin-rp2040.bin",
    isThumb: true,
    tools: [make, ...arm, newlib],
  },
  {
    name: "stm32f405",
    prefix: "arm-none-eabi-",
    image: "stm32f405/twin-stm32f405.elf",
    isThumb: true,
    tools: [make, ...arm, newlib],
  },
  {
    name: "mps2",
    prefix: "arm-none-eabi-",
    image: "mps2/twin-mps2.elf",
    isThumb: true,
    tools: [make, ...arm, newlib, ["dpkg-source", "dpkg-dev"]],
  },
  {
    name: "avr-check",
    prefix: "avr-",
    image: "avr-check/twin-atmega2560.elf",
    tools: [
      make,
      ["avr-g++", "gcc-avr"],
      ["/usr/lib/avr/include/avr/io.h", "avr-libc"],
      ["/usr/share/arduino/hardware/arduino/avr/cores/arduino/Client.h", "arduino-core-avr"],
    ],
  },
  {
    name: "rv32imc-check",
    prefix: "riscv64-unknown-elf-",
    objects: "rv32imc/core",
    tools: [make, ["riscv64-unknown-elf-g++", "gcc-riscv64-unknown-elf"]],
  },
];
