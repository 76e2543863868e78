#pragma once

namespace twin::posix {

/// A joint with a geared motor, good enough to close a loop over: the velocity follows the duty with a lag of 50 ms,
/// sticks below 2 % of it, and ends at hard stops. Units are those of the joint, m or rad.
class SimulatedJoint {
 public:
  /// `fullSpeed` is the velocity at full duty, in units/s.
  SimulatedJoint(float lower, float upper, float fullSpeed, float start)
      : lower_(lower), upper_(upper), fullSpeed_(fullSpeed), position_(start) {}

  /// Lets `dt` s go by, not many ms at a time.
  void step(float duty, float dt) {
    const float magnitude = duty < 0.0F ? -duty : duty;
    const float wanted = magnitude < kDeadZone ? 0.0F : duty * fullSpeed_;
    velocity_ += (wanted - velocity_) * (dt / (kLagS + dt));
    position_ += velocity_ * dt;
    if (position_ <= lower_) stopAt(lower_, velocity_ < 0.0F);
    if (position_ >= upper_) stopAt(upper_, velocity_ > 0.0F);
  }

  float position() const { return position_; }

  /// Time constant of velocity behind duty, in s.
  static constexpr float kLagS = 0.05F;

 private:
  static constexpr float kDeadZone = 0.02F;

  void stopAt(float end, bool isOutward) {
    position_ = end;
    if (isOutward) velocity_ = 0.0F;
  }

  float lower_;
  float upper_;
  float fullSpeed_;
  float position_;
  float velocity_ = 0.0F;
};

}  // namespace twin::posix
