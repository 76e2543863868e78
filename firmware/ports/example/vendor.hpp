#pragma once
#include <stddef.h>
#include <stdint.h>

// What a vendor's library gives, under made-up names: timers, converters, a power stage, a network interface.
extern "C" {
uint32_t vendor_timer_ms(void);
uint32_t vendor_timer_us(void);
uint32_t vendor_boot_counter(void);
uint16_t vendor_adc_12bit(int channel);
void vendor_pwm(int channel, uint16_t of_65535);
void vendor_watchdog_feed(void);

void vendor_tcp_connect(const char* address, uint16_t port);
int vendor_tcp_state(void);  // 0 closed, 1 connecting, 2 connected
size_t vendor_tcp_read(uint8_t* to, size_t room);
size_t vendor_tcp_room(void);
void vendor_tcp_write(const uint8_t* from, size_t size);
void vendor_tcp_abort(void);
}
