#pragma once

namespace twin {

/// Leads a reference to a target within limits of velocity and acceleration, from rest at the start.
/// Units are those of the joint, m or rad.
class ReferenceRamp {
 public:
  /// Limits in units/s and units/s², both above 0.
  ReferenceRamp(float maxVelocity, float maxAcceleration)
      : maxVelocity_(maxVelocity), maxAcceleration_(maxAcceleration) {}

  /// Starts at a position, at rest.
  void start(float position);

  /// Moves on by `dt` s towards `target`. A target that has come nearer than the way to stop is run past.
  void step(float target, float dt);

  float position() const { return position_; }
  float velocity() const { return velocity_; }

 private:
  bool canStopWithin(float distance, float speed, float dt) const;

  float maxVelocity_;
  float maxAcceleration_;
  float position_ = 0.0F;
  float velocity_ = 0.0F;
};

}  // namespace twin
