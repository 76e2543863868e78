# Tests of the core on this machine, with the sanitizers on.
TEST_SOURCES := $(wildcard test/*.cpp)
TEST_OBJECTS := $(TEST_SOURCES:%.cpp=$(B)/%.o) $(CORE_SOURCES:core/%.cpp=$(B)/test/core/%.o)
TEST_FLAGS := -std=c++17 -O1 -g -I. -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all

$(B)/test/core/%.o: core/%.cpp $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) $(TEST_FLAGS) $(WARNINGS) -fno-exceptions -fno-rtti -c $< -o $@

$(B)/test/%.o: test/%.cpp $(wildcard test/*.hpp) $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) $(TEST_FLAGS) -c $< -o $@

$(B)/test/run: $(TEST_OBJECTS)
	$(Q)$(HOST_CXX) $(TEST_FLAGS) -o $@ $^

test: core-checks $(B)/test/run
	$(Q)$(B)/test/run

# The core and the example port compile as firmware for what compilers there are. Instruction sets only: the
# images are the ports' business.
CHECK_host := $(HOST_CXX)
CHECK_cortex-m3 := $(ARM_CXX) -mcpu=cortex-m3 -mthumb -nostdinc++
CHECK_rv32imc := $(RISCV_CXX) -march=rv32imc -mabi=ilp32 -ffreestanding -nostdlib
EXAMPLE_SOURCES := $(wildcard ports/example/*.cpp)

define core-check
$$(eval $$(call core-objects,check-$(1),$$(CHECK_$(1)),))
$$(B)/check-$(1)/example/%.o: ports/example/%.cpp $$(wildcard ports/example/*.hpp) $$(CORE_HEADERS)
	@mkdir -p $$(@D)
	$$(Q)$$(CHECK_$(1)) $$(FIRMWARE_FLAGS) $$(WARNINGS) -c $$< -o $$@
.PHONY: core-check-$(1)
ifneq ($$(shell command -v $$(firstword $$(CHECK_$(1)))),)
core-check-$(1): $$(check-$(1)_CORE) $$(EXAMPLE_SOURCES:ports/example/%.cpp=$$(B)/check-$(1)/example/%.o)
	@echo "core and example port compile for $(1)"
else
core-check-$(1):
	@echo "SKIPPED: $$(firstword $$(CHECK_$(1))) is not installed, the core was not compiled for $(1)"; test "$$$$REQUIRE_ALL" != 1
endif
core-checks: core-check-$(1)
endef
$(foreach target,host cortex-m3 rv32imc,$(eval $(call core-check,$(target))))

# twin-posix at a real Mosquitto, and what faults do to it.
.PHONY: try
try: posix
	$(Q)cd .. && REQUIRE_ALL=1 npx vitest run --project firmware -t posix test/firmware/posix.test.ts test/firmware/faults.test.ts
