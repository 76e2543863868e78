# The STM32F405, executed in QEMU's machine netduinoplus2.

STM32F405_FLAGS := -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -ffreestanding
STM32F405_SOURCES := $(wildcard ports/stm32f405/*.cpp) $(wildcard ports/uart/*.cpp) $(wildcard ports/cortex-m/*.cpp)
STM32F405_OBJECTS := $(patsubst %.cpp,$(B)/stm32f405/%.o,$(STM32F405_SOURCES))

$(eval $(call core-objects,stm32f405,$(ARM_CXX),$(STM32F405_FLAGS)))

$(B)/stm32f405/ports/%.o: ports/%.cpp $(CORE_HEADERS) $(wildcard ports/stm32f405/*.hpp ports/uart/*.hpp ports/cortex-m/*.hpp)
	@mkdir -p $(@D)
	$(Q)$(ARM_CXX) $(FIRMWARE_FLAGS) $(WARNINGS) $(STM32F405_FLAGS) -c $< -o $@

$(B)/stm32f405/twin-stm32f405.elf: $(stm32f405_CORE) $(STM32F405_OBJECTS) ports/stm32f405/stm32f405.ld
	$(Q)$(ARM_CXX) $(STM32F405_FLAGS) -nostartfiles -nostdlib -Wl,--gc-sections,--build-id=none \
	  -Wl,-Map=$(@:.elf=.map) -T ports/stm32f405/stm32f405.ld $(filter %.o,$^) -lc_nano -lgcc -o $@

.PHONY: stm32f405
stm32f405: $(B)/stm32f405/twin-stm32f405.elf
PORT_TARGETS += stm32f405
