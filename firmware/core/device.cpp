#include "device.hpp"

#include "reports.hpp"

namespace twin {
namespace {

constexpr uint32_t kOverdueUs = 50000;
constexpr uint32_t kRetryTelemetryMs = 5;
constexpr uint32_t kLeaveWithinMs = 1000;
constexpr int kEventsAStep = 8;

}  // namespace

Device::Device(const Config& config, Transport& transport, Board& board)
    : config_(config),
      board_(board),
      mqtt_(config, transport, counters_),
      announcement_(config, board, mqtt_),
      gate_(config),
      controller_(config),
      overdueMs_((config.controlPeriodUs + kOverdueUs) / 1000U + 1U),
      isConfigured_(configFault(config) == nullptr) {}

void Device::step() {
  const uint32_t nowUs = board_.micros();
  const uint32_t nowMs = board_.millis();
  if (!hasStarted_) start(nowUs, nowMs);
  clock_.update(nowUs);
  if (!isConfigured_) {
    drive(0.0F);
    board_.kickWatchdog();
    hasLeft_ = isLeaving_;
    return;
  }
  control(nowUs, nowMs);
  sent_.forget(nowMs);
  if (!hasLeft_) {
    converse(nowMs);
    goOn(nowMs);
  }
  // Whatever ended the activity in this step, the joint must not wait for the next control step.
  if (!failsafe_.isActive() && duty_ != 0.0F) drive(0.0F);
}

void Device::start(uint32_t nowUs, uint32_t nowMs) {
  hasStarted_ = true;
  drive(0.0F);
  boot_ = board_.bootId();
  // The first control step is due now.
  dueUs_ = controlUs_ = nowUs - config_.controlPeriodUs;
  controlMs_ = nowMs;
}

void Device::control(uint32_t nowUs, uint32_t nowMs) {
  failsafe_.expire(nowMs);
  const uint32_t period = config_.controlPeriodUs;
  const uint32_t sinceDue = nowUs - dueUs_;
  // The millisecond clock sees a stall of a whole turn of the other one.
  const bool isOverdue = sinceDue > period + kOverdueUs || nowMs - controlMs_ > overdueMs_;
  if (sinceDue < period && !isOverdue) return;
  // Steps that were missed are not made up for: the grid is kept, and `dt` is the time that really passed.
  // A division is many instructions on a small core: the usual case does without.
  dueUs_ += sinceDue - period < period ? period : sinceDue - sinceDue % period;
  const uint32_t sinceLast = nowUs - controlUs_;
  const float dt = static_cast<float>(sinceLast < kOverdueUs ? sinceLast : kOverdueUs) * 1e-6F;
  controlUs_ = nowUs;
  controlMs_ = nowMs;

  controller_.measure(board_.jointPosition(), dt);
  supplyV_ = board_.supplyVoltage();
  if (isOverdue) {
    ++counters_.overruns;
    failsafe_.enter(Cause::kOverrun);
  } else {
    board_.kickWatchdog();
  }
  const bool hasSupply = !(config_.minSupplyV > 0.0F) || supplyV_ >= config_.minSupplyV;
  failsafe_.judge(isFinite(controller_.position()), hasSupply);
  drive(failsafe_.isActive() ? controller_.drive(dt) : 0.0F);
}

void Device::converse(uint32_t nowMs) {
  for (int i = 0; i < kEventsAStep; ++i) {
    switch (mqtt_.step(nowMs)) {
      case MqttClient::Event::kNone: return;
      case MqttClient::Event::kBusy: break;
      case MqttClient::Event::kStarted: announcement_.start(nowMs); break;
      case MqttClient::Event::kSubscribed: announcement_.subscribed(); break;
      case MqttClient::Event::kAcknowledged: announcement_.acknowledged(mqtt_.acknowledged()); break;
      case MqttClient::Event::kMessage: takeMessage(nowMs); break;
      case MqttClient::Event::kLost: failsafe_.enter(Cause::kLink); break;
    }
  }
}

void Device::takeMessage(uint32_t nowMs) {
  const MqttMessage& message = mqtt_.message();
  if (isLeaving_ || !isTopic(message.topic, message.topicSize, config_.id, "command")) return;
  Command command;
  readCommand(message.payload, message.payloadSize, command);
  const Verdict verdict = gate_.judge(command, message.isRetained, failsafe_.fault(), sent_, nowMs);
  if (verdict == Verdict::kAccepted) {
    if (!failsafe_.isActive()) controller_.activate();
    controller_.setTarget(command.target);
    const uint32_t longest = config_.failsafeAfterMs;
    failsafe_.activate(nowMs, command.ttlMs < longest ? command.ttlMs : longest);
  }
  const uint32_t last = gate_.lastSeq();
  Writer& payload = mqtt_.beginPublish("ack", 0, false, false);
  writeAck(payload, command, reasonText(verdict), verdict == Verdict::kReplay ? &last : nullptr);
  // Not kept for later: the sender does not wait long, and the next command matters more.
  if (!mqtt_.send(nowMs)) ++counters_.droppedAcks;
}

void Device::goOn(uint32_t nowMs) {
  if (mqtt_.isUp()) {
    announcement_.step(nowMs, boot_);
    if (announcement_.isSaid() && !isLeaving_) sendTelemetry(nowMs);
  }
  if (!isLeaving_) return;
  if (mqtt_.isUp() && !announcement_.isGone() && nowMs - leavingMs_ < kLeaveWithinMs) return;
  mqtt_.leave(nowMs);
  hasLeft_ = true;
}

void Device::sendTelemetry(uint32_t nowMs) {
  const uint32_t period = config_.telemetryPeriodMs;
  const bool isFirst = sent_.next() == 0 && !isTelemetryRefused_;
  if (!isFirst && nowMs - telemetryMs_ < period) return;
  if (isTelemetryRefused_ && nowMs - attemptMs_ < kRetryTelemetryMs) return;
  Telemetry telemetry;
  telemetry.boot = boot_;
  telemetry.n = sent_.next();
  telemetry.timeUs = clock_.us();
  telemetry.position = controller_.position();
  telemetry.velocity = controller_.velocity();
  telemetry.target = controller_.target();
  telemetry.duty = duty_;
  telemetry.supplyV = supplyV_;
  telemetry.state = failsafe_.state();
  telemetry.cause = failsafe_.cause();
  writeTelemetry(mqtt_.beginPublish("telemetry", 0, false, false), telemetry);
  isTelemetryRefused_ = !mqtt_.send(nowMs);
  attemptMs_ = nowMs;
  // Only what was written is counted, so that a gap in the numbers means one on the way.
  if (isTelemetryRefused_) return;
  sent_.sent(nowMs);
  telemetryMs_ += period;
  // After a pause it goes on at its pace from here, without a burst.
  if (isFirst || nowMs - telemetryMs_ >= period) telemetryMs_ = nowMs;
}

void Device::leave() {
  if (isLeaving_) return;
  isLeaving_ = true;
  failsafe_.enter(Cause::kLink);
  drive(0.0F);
  leavingMs_ = board_.millis();
  announcement_.goOffline();
}

void Device::drive(float duty) {
  duty_ = duty;
  board_.setDuty(duty);
}

}  // namespace twin
