@ Second stage of the boot ROM: 252 bytes and a CRC-32, which scripts/rp2040-image.mjs puts in (datasheet 2.8.1.3.1).
@ The ROM copies it to RAM and jumps there; it may also run in place. It sets the flash interface to the plain 03h
@ read that every serial flash knows (datasheet 4.10), then starts the image behind it.
  .syntax unified
  .cpu cortex-m0plus
  .thumb
  .section .boot2, "ax"
  .global boot2
  .type boot2, %function
  .thumb_func
boot2:
  ldr r3, =0x18000000        @ XIP_SSI
  movs r1, #0
  str r1, [r3, #0x08]        @ SSIENR: off while it is set up
  movs r1, #4
  str r1, [r3, #0x14]        @ BAUDR: clk_sys / 4, at 125 MHz 31 MHz
  ldr r1, =0x001f0300        @ CTRLR0: one line, 32-bit frames, "EEPROM read" (command out, then data in)
  str r1, [r3, #0x00]
  movs r1, #0
  str r1, [r3, #0x04]        @ CTRLR1: one frame of data
  movs r0, #0xf4
  adds r0, r0, r3
  ldr r1, =0x03000218        @ SPI_CTRLR0: command 03h, 8 bits of it, 24 of address, no wait cycles
  str r1, [r0]
  movs r1, #1
  str r1, [r3, #0x08]
  ldr r0, =0x10000100        @ the image's vector table
  ldr r1, =0xe000ed08        @ VTOR
  str r0, [r1]
  ldmia r0!, {r1, r2}
  msr msp, r1
  bx r2
  .ltorg
