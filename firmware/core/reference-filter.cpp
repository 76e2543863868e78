#include "reference-filter.hpp"

namespace twin {
namespace {

constexpr float kTimeConstantS = 0.02F;

}  // namespace

void ReferenceFilter::start(float position) {
  first_ = position;
  position_ = position;
  velocity_ = 0.0F;
  acceleration_ = 0.0F;
}

void ReferenceFilter::step(float reference, float dt) {
  if (!(dt > 0.0F)) return;
  const float share = dt / (kTimeConstantS + dt);
  first_ += (reference - first_) * share;
  // As the change of the position in this step, without taking two near positions from each other.
  const float velocity = (first_ - position_) / (kTimeConstantS + dt);
  acceleration_ = (velocity - velocity_) / dt;
  velocity_ = velocity;
  position_ += velocity * dt;
}

}  // namespace twin
