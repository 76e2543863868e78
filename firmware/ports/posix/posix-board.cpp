#include "posix-board.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "core/number.hpp"

namespace twin::posix {
namespace {

constexpr uint64_t kSimulationStepUs = 1000;
constexpr float kOverdrive = 1.5F;  // speed at full duty over the joint's greatest velocity

uint64_t monotonicUs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000U + static_cast<uint64_t>(now.tv_nsec) / 1000U;
}

uint32_t noise() {
  uint32_t value = static_cast<uint32_t>(monotonicUs());
  const int source = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (source < 0) return value;
  if (read(source, &value, sizeof value) < 0) value = static_cast<uint32_t>(monotonicUs());
  close(source);
  return value;
}

}  // namespace

PosixBoard::PosixBoard(const Options& options)
    : joint_(options.config.lower, options.config.upper, kOverdrive * options.config.maxVelocity, options.start),
      offsetUs_(options.clockOffsetUs),
      offsetMs_(options.clockOffsetMs),
      boot_(noise()),
      startUs_(monotonicUs()) {}

uint64_t PosixBoard::elapsedUs() const { return monotonicUs() - startUs_; }

uint32_t PosixBoard::micros() { return static_cast<uint32_t>(elapsedUs()) + offsetUs_; }

uint32_t PosixBoard::millis() { return static_cast<uint32_t>(elapsedUs() / 1000U) + offsetMs_; }

float PosixBoard::jointPosition() {
  catchUp();
  return isSensorBroken_ ? kNaN : joint_.position();
}

void PosixBoard::setDuty(float duty) {
  // The motor ran on with the old duty until now, while the loop was stalled too.
  catchUp();
  duty_ = duty;
}

void PosixBoard::catchUp() {
  const uint64_t now = elapsedUs();
  while (simulatedUs_ < now) {
    const uint64_t left = now - simulatedUs_;
    const uint64_t step = left < kSimulationStepUs ? left : kSimulationStepUs;
    joint_.step(duty_, static_cast<float>(step) * 1e-6F);
    simulatedUs_ += step;
  }
}

}  // namespace twin::posix
