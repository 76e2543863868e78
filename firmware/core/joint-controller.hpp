#pragma once
#include "config.hpp"
#include "number.hpp"
#include "reference-filter.hpp"
#include "reference-ramp.hpp"

namespace twin {

/// Closed loop over one joint: a ramped and rounded reference, proportional and integral parts and feed-forwards
/// of its velocity and acceleration. Also estimates the velocity. Units are those of the joint, m or rad.
class JointController {
 public:
  explicit JointController(const Config& config);

  /// Takes a measured position, NaN when there is none, after `dt` s. Call it in each control step.
  void measure(float position, float dt);

  /// Begins to drive from the position just measured, at rest and without a past.
  void activate();

  /// Where to go; within the limits.
  void setTarget(float target) { target_ = target; }

  /// The drive for this step, -1 to 1, `dt` s after the last one. Only while active, after `measure`.
  float drive(float dt);

  /// Last measured position; NaN when there was none.
  float position() const { return position_; }

  /// Velocity from the differences of position, through a low-pass of 20 ms; NaN without a position.
  float velocity() const { return velocity_; }

  /// Last target; NaN before the first.
  float target() const { return target_; }

 private:
  const Config& config_;
  ReferenceRamp ramp_;
  ReferenceFilter reference_;
  float position_ = kNaN;
  float velocity_ = kNaN;
  float target_ = kNaN;
  float integral_ = 0.0F;  // in duty
};

}  // namespace twin
