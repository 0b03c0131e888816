// A lesson as a program for another framework, which computes it with that framework's own means and prints the
// trace's CSV: what `check --against` reads back.
#pragma once

#include "lesson/lesson.hpp"

#include <array>
#include <string>
#include <string_view>

namespace gradtrace {

enum class Framework { pytorch, jax, numpy };

inline constexpr std::array<std::string_view, 3> framework_names{"pytorch", "jax", "numpy"};

/// A Python program: PyTorch's and JAX's let autograd find every derivative, NumPy's writes the backward pass out.
/// It holds only the activations and the cost the lesson uses; all numbers round-trip.
std::string program_text(const Lesson& lesson, Framework framework);

}  // namespace gradtrace
