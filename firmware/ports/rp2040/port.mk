# The Pico's image: flash from 0x10000000 with its boot stage, as .bin and .uf2.

RP2040_FLAGS := -mcpu=cortex-m0plus -mthumb -ffreestanding
RP2040_SOURCES := $(wildcard ports/rp2040/*.cpp) $(wildcard ports/uart/*.cpp) ports/cortex-m/start.cpp
RP2040_OBJECTS := $(patsubst %.cpp,$(B)/rp2040/%.o,$(RP2040_SOURCES)) $(B)/rp2040/ports/rp2040/boot2.o

$(eval $(call core-objects,rp2040,$(ARM_CXX),$(RP2040_FLAGS)))

$(B)/rp2040/ports/%.o: ports/%.cpp $(CORE_HEADERS) $(wildcard ports/rp2040/*.hpp ports/uart/*.hpp ports/cortex-m/*.hpp)
	@mkdir -p $(@D)
	$(Q)$(ARM_CXX) $(FIRMWARE_FLAGS) $(WARNINGS) $(RP2040_FLAGS) -c $< -o $@

$(B)/rp2040/ports/%.o: ports/%.S
	@mkdir -p $(@D)
	$(Q)$(ARM_CXX) $(RP2040_FLAGS) -c $< -o $@

$(B)/rp2040/twin-rp2040.elf: $(rp2040_CORE) $(RP2040_OBJECTS) ports/rp2040/rp2040.ld
	$(Q)arm-none-eabi-gcc $(RP2040_FLAGS) -nostartfiles --specs=nano.specs -Wl,--gc-sections,--build-id=none \
	  -Wl,-Map=$(@:.elf=.map) -T ports/rp2040/rp2040.ld $(filter %.o,$^) -o $@

$(B)/rp2040/twin-rp2040.bin: $(B)/rp2040/twin-rp2040.elf scripts/rp2040-image.mjs
	$(Q)arm-none-eabi-objcopy -O binary $< $(B)/rp2040/unsealed.bin
	$(Q)node scripts/rp2040-image.mjs $(B)/rp2040/unsealed.bin $@ $(@:.bin=.uf2)

.PHONY: rp2040
rp2040: $(B)/rp2040/twin-rp2040.bin
PORT_TARGETS += rp2040
