#include "world.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "judge.hpp"

namespace fuzz {

World::World(const twin::Config& chosen, Random& random, Tally& tally)
    : config(chosen),
      device(chosen, *this, *this),
      // Half of the boards are about to wrap.
      offsetMs(random.oneIn(2) ? 0U - random.below(2000) : random.next()),
      offsetUs(random.oneIn(2) ? 0U - random.below(2000000) : random.next()),
      sequence(random.oneIn(4)   ? 0U - random.below(4)
               : random.oneIn(4) ? 0x7FFFFFFFU - random.below(4)
                                 : random.next()),
      random_(random),
      tally_(tally) {}

World::~World() {
  tally_.violations += device.counters().violations;
  tally_.oversize += device.counters().oversize;
  tally_.overruns += device.counters().overruns;
}

void World::open() {
  inbound.clear();
  isGreeted_ = false;
  state_ = isReachable ? State::kOpen : random_.oneIn(2) ? State::kOpening : State::kClosed;
}

size_t World::read(uint8_t* to, size_t room) {
  require(room > 0, "room for bytes is asked with room");
  // A transport may use all of the room that it is given, whatever it reports.
  memset(to, 0xA5, room);
  const size_t count = std::min({room, inbound.size(), static_cast<size_t>(1 + random_.below(chunk))});
  if (state_ != State::kOpen || count == 0) return 0;
  memcpy(to, inbound.data(), count);
  inbound.erase(0, count);
  readUs_ = us_;
  hasJumped = false;
  return count;
}

bool World::write(const uint8_t* packet, size_t size) {
  const Judged judged = judgePacket(packet, size, config.id);
  if (state_ != State::kOpen) return false;
  require((judged.type == 1) == !isGreeted_, "CONNECT is the first packet and comes once");
  if (refuseOneIn != 0 && random_.oneIn(refuseOneIn)) return false;
  isGreeted_ = true;
  ++tally_.packets;
  if (isBroker) answer(judged);
  if (judged.type != 3) return true;
  if (judged.publication.leaf == "telemetry") takeTelemetry(judged.publication.payload);
  if (judged.publication.leaf == "ack") {
    ++(member(judged.publication.payload, "ok") == "true" ? tally_.accepted : tally_.refused);
  }
  return true;
}

void World::answer(const Judged& judged) {
  if (judged.type == 1) inbound += std::string("\x20\x02\x00\x00", 4);
  if (judged.type == 8) inbound += std::string("\x90\x03\x00\x01\x00", 5);
  if (judged.type == 12) inbound += std::string("\xD0\x00", 2);
  if (judged.type != 3 || judged.publication.packetId.empty()) return;
  inbound += std::string("\x40\x02", 2);
  inbound += judged.publication.packetId;
}

void World::takeTelemetry(std::string_view payload) {
  const auto number = [&](const char* key) { return std::strtod(std::string(member(payload, key)).c_str(), nullptr); };
  const uint64_t timeUs = std::strtoull(std::string(member(payload, "t_us")).c_str(), nullptr, 10);
  require(member(payload, "n") == std::to_string(nextTelemetry_), "telemetry counts without a gap");
  require(timeUs >= lastTimeUs_, "the device's time never goes back");
  ++nextTelemetry_;
  lastTimeUs_ = timeUs;
  require(number("duty") >= -1 && number("duty") <= 1, "a told duty is within -1 and 1");
  if (!member(payload, "target").empty()) {
    const double slack = 1e-6 * static_cast<double>(config.upper - config.lower);
    require(number("target") >= static_cast<double>(config.lower) - slack &&
                number("target") <= static_cast<double>(config.upper) + slack,
            "a told target is within the limits");
  }
  const std::string told(member(payload, "position"));
  if (isControlled()) {
    require(told.empty() != twin::isFinite(position), "a position is told when there is one");
    const double wide = static_cast<double>(position);
    require(told.empty() || std::fabs(std::strtod(told.c_str(), nullptr) - wide) <= 1e-6 * std::fabs(wide),
            "and as it is");
  }
  const bool isActive = member(payload, "state") == "\"active\"";
  require(isActive == (member(payload, "cause") == "\"\""), "a cause is told in failsafe, and only there");
}

void World::close() {
  isGreeted_ = false;
  state_ = State::kClosed;
  inbound.clear();
}

void World::setDuty(float duty) {
  require(duty >= -1.0F && duty <= 1.0F, "a duty is within -1 and 1");
  require(isTold_ || duty == 0.0F, "the first duty is 0");
  isTold_ = true;
  duty_ = duty;
}

void World::kickWatchdog() {
  require(gapUs_ <= 50000 + 2 * config.controlPeriodUs, "the watchdog is not kicked by a step that came late");
}

void World::step(uint64_t us) {
  us_ += us;
  gapUs_ = us;
  clockGapUs_ = micros() - clockUs_;
  clockUs_ = micros();
  device.step();
  const bool isActive = device.state() == twin::State::kActive;
  wasActive = wasActive || isActive;
  require(isActive || duty_ == 0.0F, "in failsafe the duty is 0 after each step");
  require(device.duty() == duty_, "the told duty is the given one");
  require(isActive == (device.cause() == twin::Cause::kNone), "a cause is there in failsafe, and only there");
  require(!isActive || state_ == State::kOpen, "nothing is driven without a link");
  require(!isActive || !isControlled() || twin::isFinite(position), "nothing is driven without a position");
  require(!isActive || !isControlled() || !(config.minSupplyV > 0.0F) || supply >= config.minSupplyV,
          "nothing is driven in a brown-out");
  require(!isActive || hasJumped || us_ - readUs_ < 250000 + us, "nothing is driven in silence");
  const float target = device.target();
  require(target != target || (target >= config.lower && target <= config.upper), "a target is within the limits");
  require(!isActive || target == target, "what is driven has a target");
}

}  // namespace fuzz
