# The Cortex-M3 of mps2-an385 with lwIP over Ethernet, executed in QEMU.

MPS2_FLAGS := -mcpu=cortex-m3 -mthumb -ffreestanding
LWIP ?= build/lwip
LWIP_SOURCES := $(addprefix core/,init.c def.c inet_chksum.c ip.c mem.c memp.c netif.c pbuf.c tcp.c tcp_in.c \
  tcp_out.c timeouts.c udp.c ipv4/dhcp.c ipv4/etharp.c ipv4/icmp.c ipv4/ip4.c ipv4/ip4_addr.c) netif/ethernet.c
LWIP_OBJECTS := $(LWIP_SOURCES:%.c=$(B)/mps2/lwip/%.o)
LWIP_INCLUDES := -isystem $(LWIP)/src/include -Iports/mps2/lwip
MPS2_SOURCES := $(wildcard ports/mps2/*.cpp) $(wildcard ports/cortex-m/*.cpp)
MPS2_OBJECTS := $(patsubst %.cpp,$(B)/mps2/%.o,$(MPS2_SOURCES))

$(eval $(call core-objects,mps2,$(ARM_CXX),$(MPS2_FLAGS)))

$(LWIP)/src/include/lwip/init.h:
	$(Q)scripts/fetch-lwip.sh $(LWIP)

$(B)/mps2/lwip/%.o: $(LWIP)/src/include/lwip/init.h $(wildcard ports/mps2/lwip/*.h ports/mps2/lwip/arch/*.h)
	@mkdir -p $(@D)
	$(Q)arm-none-eabi-gcc -std=c11 -Os -ffunction-sections -fdata-sections -fstack-usage -w \
	  -ffile-prefix-map=$(CURDIR)=. $(MPS2_FLAGS) $(LWIP_INCLUDES) -c $(LWIP)/src/$*.c -o $@

$(B)/mps2/ports/%.o: ports/%.cpp $(LWIP)/src/include/lwip/init.h $(CORE_HEADERS) $(wildcard ports/mps2/*.hpp ports/mps2/lwip/*.h ports/mps2/lwip/arch/*.h ports/cortex-m/*.hpp ports/uart/*.hpp)
	@mkdir -p $(@D)
	$(Q)$(ARM_CXX) $(FIRMWARE_FLAGS) $(WARNINGS) $(MPS2_FLAGS) $(LWIP_INCLUDES) -c $< -o $@

$(B)/mps2/twin-mps2.elf: $(mps2_CORE) $(MPS2_OBJECTS) $(LWIP_OBJECTS) ports/mps2/mps2.ld
	$(Q)$(ARM_CXX) $(MPS2_FLAGS) -nostartfiles -nostdlib -Wl,--gc-sections,--build-id=none \
	  -Wl,-Map=$(@:.elf=.map) -T ports/mps2/mps2.ld $(filter %.o,$^) -lc_nano -lgcc -o $@

.PHONY: mps2
mps2: $(B)/mps2/twin-mps2.elf
PORT_TARGETS += mps2
