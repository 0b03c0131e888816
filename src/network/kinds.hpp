// Which activations and costs there are; their tables are in network.hpp.
#pragma once

namespace gradtrace {

enum class Activation { identity, sigmoid, tanh, relu, leaky_relu, softplus, silu, gelu, softmax };

enum class Cost { squared_error, half_squared_error, mean_squared_error, binary_cross_entropy, cross_entropy };

}  // namespace gradtrace
