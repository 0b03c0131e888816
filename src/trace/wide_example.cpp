// One example in long double.
#include "trace/wide_example.hpp"

#include "base/error.hpp"
#include "trace/trace.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {
namespace {

using Wide = long double;

bool any_not_finite(const Vector& values) {
  return std::any_of(values.begin(), values.end(), [](double x) { return !std::isfinite(x); });
}

/// Below the smallest normal number digits are lost one by one, and at last the number itself. Zeros that are exact have
/// lost nothing; the functions below tell them.
bool is_tiny(double x) { return std::abs(x) < std::numeric_limits<double>::min(); }

/// Whether a product, of wⱼₖ and aₖ or of wⱼₖ and δⱼ, has lost digits.
bool any_tiny_product(const double* w, std::size_t apart, const Vector& other) {
  for (std::size_t i = 0; i < other.size(); ++i) {
    if (w[i * apart] != 0 && other.data()[i] != 0 && is_tiny(w[i * apart] * other.data()[i])) return true;
  }
  return false;
}

bool is_shut(const Layer& layer, double z) { return layer.activation == Activation::relu && z <= 0; }

bool unit_loses_digits(const ExampleTrace& trace, std::size_t l, std::size_t j) {
  const Layer& layer = trace.network->layer(l);
  const LayerGradients& here = trace.gradients[l];
  const double z = trace.state.z[l](j);
  const std::size_t m = layer.weights.shape(1);
  if (is_tiny(z) && any_tiny_product(layer.weights.data() + j * m, 1, trace.state.a[l - 1])) return true;
  if (is_shut(layer, z)) return false;
  if (is_tiny(trace.state.a[l](j)) && z != 0) return true;
  if (layer.activation == Activation::softmax) return is_tiny(here.complement(j));
  const bool in_closed_form = l == trace.network->depth() && takes_logarithms(trace.network->cost);
  return is_tiny(here.slope(j)) || (is_tiny(here.delta(j)) && here.dC_da(j) != 0 && !in_closed_form);
}

/// Of ∂C/∂a⁽ˡ⁾, l < L.
bool sum_loses_digits(const ExampleTrace& trace, std::size_t l, std::size_t k) {
  if (!is_tiny(trace.gradients[l].dC_da(k))) return false;
  const Matrix& w = trace.network->layer(l + 1).weights;
  return any_tiny_product(w.data() + k, w.shape(1), trace.gradients[l + 1].delta);
}

void refuse_nan(const VectorOf<Wide>& values, const char* what, std::size_t l) {
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (!std::isnan(values(j))) continue;
    throw NumericError("layer " + std::to_string(l) + ": " + what + " of neuron " + std::to_string(j) +
                       " is not defined: terms far beyond what a double can hold (1.8e308) meet with opposite signs;"
                       " use smaller weights");
  }
}

void refuse_infinite(const Vector& z, std::size_t l, std::size_t example) {
  for (std::size_t j = 0; j < z.size(); ++j) {
    if (std::isfinite(z(j))) continue;
    throw NumericError("layer " + std::to_string(l) + ": the weighted input of neuron " + std::to_string(j) +
                       " is beyond what a double can hold (1.8e308) for example " + std::to_string(example) +
                       "; use smaller weights or inputs");
  }
}

void round(const VectorOf<Wide>& from, Vector& to) {
  to = zeros(from.size());
  std::transform(from.begin(), from.end(), to.begin(), [](Wide x) { return static_cast<double>(x); });
}

std::vector<double> rounded(const std::vector<Wide>& from) { return {from.begin(), from.end()}; }

Outputs rounded(const OutputsOf<Wide>& wide) {
  Outputs outputs;
  for (const Anchored<Wide>& a : wide.a) outputs.a.push_back({a.anchor, static_cast<double>(a.offset)});
  outputs.log_a = rounded(wide.log_a);
  outputs.log_complement = rounded(wide.log_complement);
  return outputs;
}

}  // namespace

bool leaves_the_range(const ExampleTrace& trace) {
  const std::size_t last = trace.network->depth();
  if (!std::isfinite(trace.cost)) return true;
  for (std::size_t l = 0; l <= last; ++l) {
    if (any_not_finite(trace.gradients[l].dC_da)) return true;
    if (l > 0 && (any_not_finite(trace.state.z[l]) || any_not_finite(trace.gradients[l].delta))) return true;
    for (std::size_t j = 0; j < trace.network->width(l); ++j) {
      if ((l > 0 && unit_loses_digits(trace, l, j)) || (l < last && sum_loses_digits(trace, l, j))) return true;
    }
  }
  return false;
}

void run_wide(const Vector& input, ExampleTrace& trace) {
  const Network& network = *trace.network;
  const std::size_t last = network.depth();
  VectorOf<Wide> wide_input = zeros<Wide>(input.size());
  std::copy(input.begin(), input.end(), wide_input.begin());
  StateOf<Wide> state = forward(network, wide_input);
  for (std::size_t l = 1; l <= last; ++l) {
    round(state.z[l], trace.state.z[l]);
    round(state.a[l], trace.state.a[l]);
    refuse_infinite(trace.state.z[l], l, trace.example);
  }
  const OutputsOf<Wide> outputs = outputs_from_z(network.layer(last), network.cost, state.z[last]);
  trace.outputs = rounded(outputs);
  auto kept = std::make_shared<WideExample>();
  kept->cost = cost_of(network.cost, outputs, trace.target);
  trace.cost = static_cast<double>(kept->cost);

  std::vector<LayerGradientsOf<Wide>> gradients;
  backward(network, state, outputs, trace.target, gradients);
  kept->a = std::move(state.a);
  for (std::size_t l = 0; l <= last; ++l) {
    refuse_nan(gradients[l].dC_da, "∂C/∂a", l);
    refuse_nan(gradients[l].delta, "δ", l);
    round(gradients[l].dC_da, trace.gradients[l].dC_da);
    round(gradients[l].slope, trace.gradients[l].slope);
    round(gradients[l].complement, trace.gradients[l].complement);
    round(gradients[l].delta, trace.gradients[l].delta);
    kept->slope.push_back(std::move(gradients[l].slope));
    kept->complement.push_back(std::move(gradients[l].complement));
    kept->delta.push_back(std::move(gradients[l].delta));
  }
  trace.wide = std::move(kept);
}

}  // namespace gradtrace
