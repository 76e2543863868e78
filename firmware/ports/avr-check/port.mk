# The ESP32's sketch against the real Arduino API: Debian's core for AVR, linked for an ATmega2560 and not run. And its
# sources, with the core, as RV32IMC (the ESP32-C3's instruction set): compiled, not linked.

AVR_CORE ?= /usr/share/arduino/hardware/arduino/avr
AVR_FLAGS := -mmcu=atmega2560 -DF_CPU=16000000UL -DARDUINO=10819 -DARDUINO_AVR_MEGA2560 -DARDUINO_ARCH_AVR
AVR_ARDUINO := -I$(AVR_CORE)/cores/arduino -I$(AVR_CORE)/variants/mega
# avr-gcc 5.4 knows C++17 by its working name and no -ffile-prefix-map; its warnings differ, so only the usual ones.
AVR_CXX_FLAGS := -std=gnu++1z -Os -fno-exceptions -fno-rtti -fno-threadsafe-statics -ffunction-sections \
  -fdata-sections -fstack-usage -fno-strict-aliasing -I. -Iports/avr-check/stand-in
AVR_OBJECTS := $(CORE_SOURCES:%.cpp=$(B)/avr-check/%.o) \
  $(patsubst %.cpp,$(B)/avr-check/%.o,$(wildcard ports/esp32/src/*.cpp)) \
  $(patsubst $(AVR_CORE)/cores/arduino/%,$(B)/avr-check/arduino/%.o,$(wildcard $(AVR_CORE)/cores/arduino/*.c*))

$(B)/avr-check/%.o: %.cpp $(CORE_HEADERS) $(wildcard ports/esp32/src/*.h* ports/avr-check/stand-in/*.h)
	@mkdir -p $(@D)
	$(Q)avr-g++ $(AVR_CXX_FLAGS) -Wall -Wextra -Werror $(AVR_FLAGS) $(AVR_ARDUINO) -c $< -o $@

$(B)/avr-check/ports/esp32/%.o: AVR_CXX_FLAGS += -include ports/avr-check/stand-in/esp32-hal.h

# The sketch's other half: with TLS. Compiled, not linked.
$(B)/avr-check/ports/esp32/main-tls.o: ports/esp32/src/main.cpp $(CORE_HEADERS) $(wildcard ports/esp32/src/*.h* ports/avr-check/stand-in/*.h)
	@mkdir -p $(@D)
	$(Q)avr-g++ $(AVR_CXX_FLAGS) -DTWIN_TLS=1 -DTWIN_USERNAME='"a"' -DTWIN_PASSWORD='"b"' -Wall -Wextra -Werror \
	  $(AVR_FLAGS) $(AVR_ARDUINO) -c $< -o $@

$(B)/avr-check/arduino/%.c.o: $(AVR_CORE)/cores/arduino/%.c
	@mkdir -p $(@D)
	$(Q)avr-gcc -std=gnu11 -Os -w -ffunction-sections -fdata-sections $(AVR_FLAGS) $(AVR_ARDUINO) -c $< -o $@

$(B)/avr-check/arduino/%.cpp.o: $(AVR_CORE)/cores/arduino/%.cpp
	@mkdir -p $(@D)
	$(Q)avr-g++ -std=gnu++11 -DDECIMAL_DIG=__DECIMAL_DIG__ -fpermissive -fno-exceptions -fno-threadsafe-statics -Os -w -ffunction-sections \
	  -fdata-sections $(AVR_FLAGS) $(AVR_ARDUINO) -c $< -o $@

$(B)/avr-check/twin-atmega2560.elf: $(AVR_OBJECTS)
	$(Q)avr-gcc -Os -Wl,--gc-sections -mmcu=atmega2560 $^ -lm -o $@

.PHONY: avr-check
avr-check: $(B)/avr-check/twin-atmega2560.elf $(B)/avr-check/ports/esp32/main-tls.o
PORT_TARGETS += avr-check

$(eval $(call core-objects,rv32imc,$(RISCV_CXX),-march=rv32imc -mabi=ilp32 -ffreestanding -nostdlib))

.PHONY: rv32imc-check
rv32imc-check: $(rv32imc_CORE)
PORT_TARGETS += rv32imc-check
