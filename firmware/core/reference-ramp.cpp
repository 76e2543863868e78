#include "reference-ramp.hpp"

#include <float.h>

#include "number.hpp"

namespace twin {

void ReferenceRamp::start(float position) {
  position_ = position;
  velocity_ = 0.0F;
}

void ReferenceRamp::step(float target, float dt) {
  const float error = target - position_;
  const bool isBehind = error < 0.0F;  // the target, seen from here
  float distance = isBehind ? -error : error;
  // Far from zero a slow step is lost in the float's last bit; who is that near has arrived.
  if (distance <= 4.0F * FLT_EPSILON * magnitude(target)) distance = 0.0F;
  const float change = maxAcceleration_ * dt;
  float speed = isBehind ? -velocity_ : velocity_;  // towards the target

  // The last bit of the way is shorter than a step at the least speed.
  if (magnitude(speed) <= 2.0F * change && distance <= 2.0F * change * dt) {
    start(target);
    return;
  }
  // Of faster, as fast and slower the first that can still stop at the target: no square root, no overshoot.
  const float faster = speed + change < maxVelocity_ ? speed + change : maxVelocity_;
  if (canStopWithin(distance, faster, dt)) {
    speed = faster;
  } else if (!canStopWithin(distance, speed, dt)) {
    speed -= change;
    if (speed < 0.0F) speed = 0.0F;
  }
  velocity_ = isBehind ? -speed : speed;
  position_ += velocity_ * dt;
}

bool ReferenceRamp::canStopWithin(float distance, float speed, float dt) const {
  if (speed <= 0.0F) return true;
  return speed * dt + speed * speed / (2.0F * maxAcceleration_) <= distance;
}

}  // namespace twin
