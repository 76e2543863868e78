#include "joint-adc.hpp"

#include "registers.hpp"

namespace twin::rp2040 {

namespace {

// 16 conversions spread over the millisecond, paced by the ADC and stored by DMA: no instruction is spent on them,
// and PWM's ripple and single bits average out. The 17th, which the next tick stops, makes sure of the 16th.
constexpr unsigned kSamples = 16;
constexpr uint32_t kAdcHz = 48000000;
constexpr uint32_t kSamplePeriod = kAdcHz / 1000 / (kSamples + 1);

constexpr uint32_t kCs = kAdc + 0x00;
constexpr uint32_t kResult = kAdc + 0x04;
constexpr uint32_t kFcs = kAdc + 0x08;
constexpr uint32_t kFifo = kAdc + 0x0c;
constexpr uint32_t kDiv = kAdc + 0x10;
constexpr uint32_t kEnable = 1u << 0;
constexpr uint32_t kStartOne = 1u << 2;
constexpr uint32_t kStartMany = 1u << 3;
constexpr uint32_t kReady = 1u << 8;
constexpr uint32_t kSupplyChannel = 1u << 12;
constexpr uint32_t kFifoEmpty = 1u << 8;
constexpr uint32_t kFifoErrors = 1u << 10 | 1u << 11;
constexpr uint32_t kFifoSetUp = 1u << 24 | 1u << 3 | 1u << 0;  // a DMA request for each conversion

// DMA channel 0: halfwords, write address rising, paced by DREQ_ADC (36), chained to itself, that is to none.
constexpr uint32_t kDmaWrite = kDma + 0x04;
constexpr uint32_t kDmaCount = kDma + 0x08;
constexpr uint32_t kDmaControl = kDma + 0x0c;
constexpr uint32_t kDmaAbort = kDma + 0x444;
constexpr uint32_t kDmaSetUp = 1u << 21 | 36u << 15 | 1u << 5 | 1u << 2 | 1u << 0;

constexpr uint32_t kSupplyEveryTicks = 8;
constexpr uint32_t kMissesAllowed = 3;

volatile uint16_t samples[kSamples];
volatile uint32_t sum = 0;              // of the last 16
volatile uint32_t supplyTimesEight = 0;  // smoothed: an eighth of each new conversion
volatile uint32_t misses = kMissesAllowed + 1;
uint32_t ticks = 0;

void emptyFifo() {
  while (!(reg(kFcs) & kFifoEmpty)) {
    const uint32_t conversion = reg(kFifo);
    (void)conversion;
  }
}

void startBurst() {
  reg(kDma + 0x00) = kFifo;
  reg(kDmaWrite) = reinterpret_cast<uint32_t>(&samples[0]);
  reg(kDmaCount) = kSamples;
  reg(kDmaControl) = kDmaSetUp;
  reg(kCs) = kEnable | kStartMany;
}

void stopBurst() {
  reg(kCs) = kEnable;
  while (!(reg(kCs) & kReady)) {  // 2 µs at most: the conversion in progress
  }
  if (reg(kDmaCount) == 0) {
    uint32_t total = 0;
    for (unsigned i = 0; i < kSamples; ++i) total += samples[i];
    sum = total;
    misses = 0;
  } else {
    reg(kDmaAbort) = 1;
    while (reg(kDmaAbort) & 1) {
    }
    if (misses <= kMissesAllowed) misses = misses + 1;
  }
  emptyFifo();
  reg(kFcs) = kFifoSetUp | kFifoErrors;  // errors are cleared by writing 1
}

uint32_t convertSupply() {
  reg(kCs) = kEnable | kSupplyChannel;
  reg(kCs) = kEnable | kSupplyChannel | kStartOne;
  while (!(reg(kCs) & kReady)) {
  }
  const uint32_t result = reg(kResult);
  emptyFifo();  // it got a copy
  return result;
}

}  // namespace

void startAdc() {
  for (unsigned pin = 26; pin <= 27; ++pin) {
    setFunction(pin, Function::kToNone);
    reg(kPadsBank0 + 4 + 4 * pin) = 1u << 7;  // output off, input buffer off, no pulls
  }
  reg(kCs) = kEnable;
  while (!(reg(kCs) & kReady)) {
  }
  reg(kDiv) = (kSamplePeriod - 1) << 8;
  reg(kFcs) = kFifoSetUp | kFifoErrors;
  supplyTimesEight = convertSupply() * 8;
  // A millisecond now, so that the first control step finds a position.
  startBurst();
  while (reg(kDmaCount) != 0) {
  }
  stopBurst();
  startBurst();
}

void sampleAdc() {
  stopBurst();
  if (++ticks % kSupplyEveryTicks == 0) {
    supplyTimesEight = supplyTimesEight - supplyTimesEight / 8 + convertSupply();
  }
  startBurst();
}

uint32_t potentiometerSum() { return misses > kMissesAllowed ? 0 : sum; }

uint32_t supplySum() { return supplyTimesEight; }

}  // namespace twin::rp2040
