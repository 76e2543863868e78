#include "joint-controller.hpp"

namespace twin {
namespace {

constexpr float kVelocityFilterS = 0.02F;

}  // namespace

JointController::JointController(const Config& config)
    : config_(config), ramp_(config.maxVelocity, config.maxAcceleration) {}

void JointController::measure(float position, float dt) {
  const float before = position_;
  if (!isFinite(position)) {
    position_ = kNaN;
    velocity_ = kNaN;
    return;
  }
  position_ = position;
  // Without a past, or after values so great that they ran over, the estimate begins anew.
  const float way = isFinite(before) ? position - before : 0.0F;
  const float last = isFinite(velocity_) ? velocity_ : 0.0F;
  const float next = last + (way - last * dt) / (kVelocityFilterS + dt);
  velocity_ = isFinite(next) ? next : 0.0F;
}

void JointController::activate() {
  ramp_.start(position_);
  reference_.start(position_);
  integral_ = 0.0F;
}

float JointController::drive(float dt) {
  ramp_.step(target_, dt);
  reference_.step(ramp_.position(), dt);
  const float error = reference_.position() - position_;
  const float forward = config_.kff * reference_.velocity() + config_.kaff * reference_.acceleration();
  const float wanted = forward + config_.kp * error + integral_;
  const float duty = clampTo(wanted, 1.0F);
  // Anti-windup: at full drive the integral part only changes towards less of it.
  const bool isDeeper = (wanted > 1.0F && error > 0.0F) || (wanted < -1.0F && error < 0.0F);
  if (!isDeeper) integral_ = clampTo(integral_ + config_.ki * error * dt, 1.0F);
  return isFinite(wanted) ? duty : 0.0F;
}

}  // namespace twin
