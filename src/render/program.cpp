// Programs for other frameworks, put together from pieces of Python.
#include "render/program.hpp"

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace gradtrace {
namespace {

/// An activation in each framework's words: a definition where one is needed, and what a layer names.
struct ActivationText {
  std::string_view function;    ///< what stands in the layer; "{alpha}" is replaced
  std::string_view definition;  ///< "" where the framework brings it along
};

/// Text that may differ from framework to framework, in the order of Framework.
template <class T>
using PerFramework = std::array<T, framework_names.size()>;

// numpy's definitions give the slope beside the function, since nobody else finds it there.
PerFramework<ActivationText> activation_text(Activation activation) {
  switch (activation) {
    case Activation::identity:
      return {{{"identity", "def identity(z):\n    return z\n"},
               {"identity", "def identity(z):\n    return z\n"},
               {"identity, identity_slope", "def identity(z):\n    return z\n\n\ndef identity_slope(z):\n    return np.ones_like(z)\n"}}};
    case Activation::sigmoid:
      return {{{"sigmoid", "def sigmoid(z):\n    return torch.exp(torch.nn.functional.logsigmoid(z))  # whose slope keeps its digits where 1 - a has none\n"},
               {"sigmoid", "def sigmoid(z):\n    return jnp.exp(jax.nn.log_sigmoid(z))  # whose slope keeps its digits where 1 - a has none\n"},
               {"sigmoid, sigmoid_slope",
                "def sigmoid(z):\n    return np.exp(-np.logaddexp(0, -z))  # 1/(1 + exp(-z)), without overflow\n\n\n"
                "def sigmoid_slope(z):\n    return sigmoid(z) * sigmoid(-z)  # a (1 - a)\n"}}};
    case Activation::tanh:
      return {{{"torch.tanh", ""},
               {"jnp.tanh", ""},
               {"np.tanh, tanh_slope", "def tanh_slope(z):\n    return 1 / np.cosh(z) ** 2  # 1 - a**2\n"}}};
    case Activation::relu:
      return {{{"torch.relu", ""},
               {"jax.nn.relu", ""},
               {"relu, relu_slope",
                "def relu(z):\n    return np.maximum(0, z)\n\n\n"
                "def relu_slope(z):\n    return np.where(z > 0, 1.0, 0.0)  # 0 at the kink, by convention\n"}}};
    case Activation::leaky_relu:
      return {{{"lambda z: torch.nn.functional.leaky_relu(z, {alpha})", ""},
               {"lambda z: jnp.where(z > 0, z, {alpha} * z)", ""},
               {"lambda z: np.where(z > 0, z, {alpha} * z), lambda z: np.where(z > 0, 1, {alpha})", ""}}};
    case Activation::softplus:
      return {{{"softplus",
                "def softplus(z):\n    return torch.logaddexp(torch.zeros_like(z), z)  # torch's own is z itself beyond 20\n"},
               {"jax.nn.softplus", ""},
               {"softplus, softplus_slope",
                "def softplus(z):\n    return np.logaddexp(0, z)\n\n\n"
                "def softplus_slope(z):\n    return np.exp(-np.logaddexp(0, -z))  # the sigmoid\n"}}};
    case Activation::silu:
      return {{{"torch.nn.functional.silu", ""},
               {"jax.nn.silu", ""},
               {"silu, silu_slope",
                "def silu(z):\n    return z * np.exp(-np.logaddexp(0, -z))  # z times the sigmoid s\n\n\n"
                "def silu_slope(z):\n    s, rest = np.exp(-np.logaddexp(0, -z)), np.exp(-np.logaddexp(0, z))\n"
                "    return s + z * s * rest\n"}}};
    case Activation::gelu:
      return {{{"torch.nn.functional.gelu", ""},
               {"lambda z: jax.nn.gelu(z, approximate=False)", ""},
               {"gelu, gelu_slope",
                "def normal_distribution(z):\n    return np.array([math.erfc(-value / math.sqrt(2)) / 2 for value in z])\n\n\n"
                "def gelu(z):\n    return z * normal_distribution(z)\n\n\n"
                "def gelu_slope(z):\n"
                "    return normal_distribution(z) + z * np.exp(-z ** 2 / 2) / math.sqrt(2 * math.pi)\n"}}};
    case Activation::softmax:
      return {{{"softmax", "def softmax(z):\n    return torch.softmax(z, 0)\n"},
               {"jax.nn.softmax", ""},
               {"softmax, softmax_slope",
                "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()\n\n\n"
                "def others(values):\n    return np.array([np.delete(values, i).sum() for i in range(len(values))])  # of a softmax's a: 1 - a, where that has no digit left\n\n\n"
                "def softmax_slope(z):\n    a = softmax(z)\n    slope = -np.outer(a, a)  # row i, column j: da[i]/dz[j]\n"
                "    np.fill_diagonal(slope, a * others(a))\n    return slope\n"}}};
  }
  return {};
}

/// Where slope and cost cancel, both are taken from z: finite and exact where the unit saturates.
enum class CostForm { plain, sigmoid_binary_cross_entropy, sigmoid_cross_entropy, softmax_cross_entropy, softmax_binary_cross_entropy };

CostForm form_of(const Network& network) {
  const Activation last = network.layers.back().activation;
  if (network.cost == Cost::binary_cross_entropy && last == Activation::sigmoid) return CostForm::sigmoid_binary_cross_entropy;
  if (network.cost == Cost::cross_entropy && last == Activation::sigmoid) return CostForm::sigmoid_cross_entropy;
  if (last == Activation::softmax && network.cost == Cost::cross_entropy) return CostForm::softmax_cross_entropy;
  if (last == Activation::softmax && network.cost == Cost::binary_cross_entropy) return CostForm::softmax_binary_cross_entropy;
  return CostForm::plain;
}

struct CostText {
  std::string_view value;       ///< of a and y
  std::string_view derivative;  ///< with respect to a, for NumPy
  bool logarithms = false;
};

CostText cost_text(Cost cost) {
  switch (cost) {
    case Cost::squared_error: return {"((a - y) ** 2).sum()", "2 * (a - y)"};
    case Cost::half_squared_error: return {"((a - y) ** 2).sum() / 2", "a - y"};
    case Cost::mean_squared_error: return {"((a - y) ** 2).mean()", "2 * (a - y) / len(a)"};
    case Cost::binary_cross_entropy:
      return {"-(y_log(y, a) + y_log(1 - y, 1 - a)).sum()", "ratio(1 - y, 1 - a) - ratio(y, a)", true};
    case Cost::cross_entropy: return {"-y_log(y, a).sum()", "-ratio(y, a)", true};
  }
  return {};
}

/// One of three texts.
std::string pick(Framework framework, const PerFramework<std::string_view>& texts) { return std::string(texts[static_cast<std::size_t>(framework)]); }

std::string function(std::string_view head, std::string_view result) { return fmt::format("\n\ndef {}:\n    return {}\n", head, result); }

/// The functions of the cost a program needs.
std::string cost_functions(const Network& network, Framework framework) {
  const CostForm form = form_of(network);
  const CostText text = cost_text(network.cost);
  const bool numpy = framework == Framework::numpy;
  std::string functions;
  // Autograd takes ∂C/∂a from cost, δ and all before it from cost_from_z.
  const bool from_a = !numpy || form == CostForm::plain;
  if (from_a && text.logarithms) {
    functions += function("y_log(y, a)", pick(framework, {"y * torch.log(torch.where(y == 0, torch.ones_like(a), a))  # 0 ln 0 is 0, and so is its derivative",
                                                          "y * jnp.log(jnp.where(y == 0, 1.0, a))  # 0 ln 0 is 0, and so is its derivative",
                                                          "y * np.log(np.where(y == 0, 1.0, a))  # 0 ln 0 is 0"}));
  }
  if (numpy && text.logarithms) functions += function("ratio(y, a)", "np.where(y == 0, 0.0, y / a)");
  if (from_a && form == CostForm::softmax_binary_cross_entropy) {
    functions += "\n\n# Of a softmax 1 - a is what the others have; its derivative with respect to a is still -1.";
    functions += function("cost(a, y)", pick(framework, {"-(y_log(y, a) + y_log(1 - y, ((1 - torch.eye(len(a), dtype=a.dtype)) @ a).detach() + (a.detach() - a))).sum()",
                                                         "-(y_log(y, a) + y_log(1 - y, jax.lax.stop_gradient((1 - jnp.eye(len(a))) @ a) + (jax.lax.stop_gradient(a) - a))).sum()", ""})).substr(1);
  } else if (from_a) {
    functions += function("cost(a, y)", text.value);
  }
  switch (form) {
    case CostForm::plain:
      if (numpy) functions += function("cost_derivative(a, y)", text.derivative);
      break;
    case CostForm::sigmoid_binary_cross_entropy:
      functions += "\n\n# From z, so that all is finite where a rounds to 0 or 1: ln a = -softplus(-z), ln(1 - a) = -softplus(z).";
      functions += function("cost_from_z(z, y)", pick(framework, {"(y * torch.logaddexp(torch.zeros_like(z), -z) + (1 - y) * torch.logaddexp(torch.zeros_like(z), z)).sum()",
                                                                  "(y * jnp.logaddexp(0, -z) + (1 - y) * jnp.logaddexp(0, z)).sum()",
                                                                  "(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)).sum()"})).substr(1);
      if (numpy) {
        functions += function("cost_derivative(z, y)", "ratio(1 - y, sigmoid(-z)) - ratio(y, sigmoid(z))");
        functions += function("output_delta(z, y)", "(1 - y) * sigmoid(z) - y * sigmoid(-z)  # the slope a (1 - a) cancels: a - y");
      }
      break;
    case CostForm::sigmoid_cross_entropy:
      functions += "\n\n# From z, so that all is finite where a rounds to 0 or 1: ln a = -softplus(-z).";
      functions += function("cost_from_z(z, y)", pick(framework, {"(y * torch.logaddexp(torch.zeros_like(z), -z)).sum()", "(y * jnp.logaddexp(0, -z)).sum()", "(y * np.logaddexp(0, -z)).sum()"})).substr(1);
      if (numpy) {
        functions += function("cost_derivative(z, y)", "-ratio(y, sigmoid(z))");
        functions += function("output_delta(z, y)", "-y * sigmoid(-z)  # the slope a (1 - a) cancels a");
      }
      break;
    case CostForm::softmax_cross_entropy:
      functions += "\n\n# From z, so that all is finite where a rounds to 0.";
      functions += function("cost_from_z(z, y)", pick(framework, {"-(y * torch.log_softmax(z, 0)).sum()", "-(y * jax.nn.log_softmax(z)).sum()",
                                                                  "-(y * (z - z.max() - np.log(np.exp(z - z.max()).sum()))).sum()"})).substr(1);
      if (numpy) {
        functions += function("cost_derivative(z, y)", "-ratio(y, softmax(z))");
        functions += function("output_delta(z, y)", "softmax(z) * y.sum() - y  # the slopes cancel");
      }
      break;
    case CostForm::softmax_binary_cross_entropy:
      functions += "\n\n# From z, so that all is finite where a rounds to 0 or 1: 1 - a is what the others have.";
      functions += function("cost_from_z(z, y)",
                            pick(framework, {"-(y * torch.log_softmax(z, 0) + (1 - y) * (torch.logsumexp(z.expand(len(z), -1).masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf), 1)\n"
                                             "                                                  - torch.logsumexp(z, 0))).sum()",
                                             "-(y * jax.nn.log_softmax(z) + (1 - y) * (jax.nn.logsumexp(jnp.where(jnp.eye(len(z), dtype=bool), -jnp.inf, z), axis=1)\n"
                                             "                                              - jax.nn.logsumexp(z))).sum()",
                                             "-(y * (z - np.logaddexp.reduce(z)) + (1 - y) * (np.array([np.logaddexp.reduce(np.delete(z, i)) for i in range(len(z))])\n"
                                             "                                                    - np.logaddexp.reduce(z))).sum()"})).substr(1);
      if (numpy) {
        functions += function("cost_derivative(z, y)", "ratio(1 - y, others(softmax(z))) - ratio(y, softmax(z))");
        functions += "\n\ndef output_delta(z, y):\n    a = softmax(z)\n    share = np.exp(z - np.array([[np.logaddexp.reduce(np.delete(z, i))] for i in range(len(z))]))\n"
                     "    np.fill_diagonal(share, 0)  # row i, column j: a[j]/(1 - a[i]), where neither may have a digit left\n"
                     "    return a * (1 - y + others(y)) - y * others(a) - share.T @ ((1 - y) * a)  # what the slopes leave\n";
      }
      break;
  }
  return functions;
}

constexpr std::string_view torch_trace = R"py(
def slope_of(activation, z):
    """da/dz: one number a neuron; for softmax row i, column j is da[i]/dz[j]."""
    jacobian = torch.autograd.functional.jacobian(activation, z.detach())
    return jacobian if activation in MIXING else jacobian.diagonal()


def trace(x, y):
    """One example forward, and back by autograd. Yields (quantity, layer, values) in the order of the derivation."""
    z, a, seen = [None], [x.clone().requires_grad_()], [None]
    for activation, w, b in LAYERS:
        for parameter in (w, b):
            parameter.requires_grad_().grad = None
        # Every neuron sees its own copy of the activations before it: autograd then gives each path by itself.
        seen.append(a[-1].expand(w.shape))
        z.append((w * seen[-1]).sum(1) + b)
        a.append(activation(z[-1]))
    for tensor in z[1:] + a[1:] + seen[1:]:
        tensor.retain_grad()
    for l in range(1, len(a)):
        yield "z", l, z[l]
        yield "a", l, a[l]
    @COST@
    yield "C", "", C
    for l in range(len(LAYERS), 0, -1):
        activation, w, b = LAYERS[l - 1]
        yield "dC/da", l, @DCDA@
        yield "slope", l, slope_of(activation, z[l])
        yield "delta", l, z[l].grad
        yield "dC/db", l, b.grad
        yield "dC/dw", l, w.grad
        yield "path", l, seen[l].grad.T
    yield "dC/da", 0, a[0].grad
)py";

constexpr std::string_view jax_trace = R"py(
def slope_of(activation, z):
    """da/dz: one number a neuron; for softmax row i, column j is da[i]/dz[j]."""
    jacobian = jax.jacobian(activation)(z)
    return jacobian if activation in MIXING else jnp.diagonal(jacobian)


def forward(parameters, nudges, x, y):
    """C, and z and a of every layer. What is added to z, to a and to the copy of a that each neuron sees is 0, so
    that nothing changes; but the derivatives with respect to it are delta, dC/da and the single paths."""
    z, a = [None], [x]
    for (activation, _, _), (w, b), (to_z, to_a, to_seen) in zip(LAYERS, parameters, nudges):
        z.append((w * (a[-1] + to_seen)).sum(1) + b + to_z)
        a.append(activation(z[-1]) + to_a)
    return @COST@, (z, a)


def trace(x, y):
    """One example forward, and back by autograd. Yields (quantity, layer, values) in the order of the derivation."""
    parameters = [(w, b) for _, w, b in LAYERS]
    nothing = [(jnp.zeros_like(b), jnp.zeros_like(b), jnp.zeros_like(w)) for w, b in parameters]
    C, (z, a) = forward(parameters, nothing, x, y)
    by_parameters, by_nudges, by_x = jax.grad(forward, argnums=(0, 1, 2), has_aux=True)(parameters, nothing, x, y)[0]
    for l in range(1, len(a)):
        yield "z", l, z[l]
        yield "a", l, a[l]
    yield "C", "", C
    for l in range(len(LAYERS), 0, -1):
        activation = LAYERS[l - 1][0]
        dC_dw, dC_db = by_parameters[l - 1]
        delta, dC_da, path = by_nudges[l - 1]
        yield "dC/da", l, @DCDA@
        yield "slope", l, slope_of(activation, z[l])
        yield "delta", l, delta
        yield "dC/db", l, dC_db
        yield "dC/dw", l, dC_dw
        yield "path", l, path.T
    yield "dC/da", 0, by_x
)py";

constexpr std::string_view numpy_trace = R"py(
def trace(x, y):
    """One example forward and back. Yields (quantity, layer, values) in the order of the derivation."""
    z, a = [None], [x]
    for activation, _, w, b in LAYERS:
        z.append(w @ a[-1] + b)
        a.append(activation(z[-1]))
        yield "z", len(z) - 1, z[-1]
        yield "a", len(a) - 1, a[-1]
    yield "C", "", @COST@
    dC_da = @DCDA@
    for l in range(len(LAYERS), 0, -1):
        _, slope_of, w, b = LAYERS[l - 1]
        slope = slope_of(z[l])
        yield "dC/da", l, dC_da
        yield "slope", l, slope
        delta = @DELTA@
        yield "delta", l, delta
        yield "dC/db", l, delta                      # since dz/db = 1
        yield "dC/dw", l, np.outer(delta, a[l - 1])  # row j, column k: delta[j] a[k]
        path = w.T * delta                           # row k, column j: w[j][k] delta[j]
        yield "path", l, path
        dC_da = path.sum(axis=1)                     # where paths meet they add
    yield "dC/da", 0, dC_da
)py";

constexpr std::string_view printing = R"py(

not_numbers = 0


def write(example, quantity, layer, values):
    """One line a number: example,quantity,layer,j,k,value."""
    global not_numbers
    values = np.asarray(values)
    not_numbers += np.isnan(values).sum()
    for index in np.ndindex(values.shape):
        j, k = (*index, "", "")[:2]
        if quantity == "path":
            j, k = k, j  # j is the neuron it goes through
        print(f"{example},{quantity},{layer},{j},{k},{float(values[index])!r}")


def main():
    print("example,quantity,layer,j,k,value")
    for l, (*_, w, b) in enumerate(LAYERS, 1):
        write("", "w", l, w@DETACH@)
        write("", "b", l, b@DETACH@)
    for e, (x, y) in enumerate(EXAMPLES):
        write(e, "a", 0, x)
        write(e, "y", len(LAYERS), y)
    means = {}
    for e, (x, y) in enumerate(EXAMPLES):
        for quantity, layer, values in trace(x, y):
            @VALUES@
            write(e, quantity, layer, values)
            if quantity in ("C", "dC/db", "dC/dw"):
                means[quantity, layer] = means.get((quantity, layer), 0) + values / len(EXAMPLES)
    if len(EXAMPLES) > 1:
        for (quantity, layer), values in means.items():
            write("mean", quantity, layer, values)
    if not_numbers:
        print(f"{not_numbers} of these are not a number (nan): on the way to them something left the range of a double,"
              " and infinity times 0 is nothing. gradtrace run shows their values.", file=sys.stderr)
)py";

/// `text` with every `name` replaced.
std::string with(std::string text, std::string_view name, std::string_view value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) text.replace(at, name.size(), value);
  return text;
}

/// A title or file name as part of a comment: what ends a line ends the comment.
std::string one_line(const std::string& text) { return neutralised(text, " "); }

constexpr std::size_t line_width = 100;

/// `[0.15, 0.2]` from column `at` on, later lines indented to `indent`.
void append_row(std::string& text, const double* values, std::size_t count, std::size_t indent) {
  text += '[';
  std::size_t column = text.size() - (text.rfind('\n') + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = shortest(values[i]);
    if (i > 0) {
      text += ',';
      ++column;
      if (column + number.size() + 2 > line_width) {
        text += '\n' + std::string(indent + 1, ' ');
        column = indent + 1;
      } else {
        text += ' ';
        ++column;
      }
    }
    text += number;
    column += number.size();
  }
  text += ']';
}


std::string data_text(const Lesson& lesson, Framework framework) {
  const std::string make = "array(";
  const std::string indent = std::string(5 + make.size() + 1, ' ');
  std::string text;
  text += "\n\n# Layer 1, 2, ...: activation" + std::string(framework == Framework::numpy ? ", slope" : "") +
          ", weights (row j: into neuron j; column k: from neuron k), biases.\nLAYERS = [\n";
  for (const Layer& layer : lesson.network.layers) {
    const std::string_view form = activation_text(layer.activation)[static_cast<std::size_t>(framework)].function;
    text += "    (" + with(std::string(form), "{alpha}", shortest(layer.alpha)) + ",\n     " + make + "[";
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      if (j > 0) text += ",\n" + indent;
      append_row(text, layer.weights.data() + j * layer.weights.shape(1), layer.weights.shape(1), indent.size());
    }
    text += "]),\n     " + make;
    append_row(text, layer.biases.data(), layer.neurons(), indent.size() - 1);
    text += ")),\n";
  }
  text += "]\n\n# Input and target of each example.\nEXAMPLES = [\n";
  for (const Example& example : lesson.examples) {
    text += "    (" + make;
    append_row(text, example.input.data(), example.input.size(), 4 + make.size() + 1);
    text += "),\n     " + make;
    append_row(text, example.target.data(), example.target.size(), 5 + make.size());
    text += ")),\n";
  }
  return text + "]\n";
}

constexpr PerFramework<std::string_view> titles{"PyTorch", "JAX", "NumPy"};

std::string header(const Lesson& lesson, Framework framework) {
  const std::string name = one_line(lesson.name);
  const std::string_view how = framework == Framework::numpy ? "with the backward pass written out" : "every derivative from its own autograd";
  return fmt::format(
      "# -*- coding: utf-8 -*-\n"
      "# Written by gradtrace export. Python obeys a coding named in these two lines, so no title stands in them.\n"
      "#\n"
      "# {}\n"
      "# The lesson {} as {} computes it, {}.\n"
      "# Prints each number of the derivation in CSV. To hold it against gradtrace:\n"
      "#\n"
      "#     gradtrace export {} --to {} -o lesson.py\n"
      "#     python3 lesson.py > theirs.csv\n"
      "#     gradtrace check {} --against theirs.csv\n",
      one_line(lesson.title), name, titles[static_cast<std::size_t>(framework)], how, in_shell(name),
      framework_names[static_cast<std::size_t>(framework)], in_shell(name));
}

std::string imports(const Lesson& lesson, Framework framework) {
  const bool gelu = std::ranges::any_of(lesson.network.layers, [](const Layer& layer) { return layer.activation == Activation::gelu; });
  switch (framework) {
    case Framework::pytorch:
      return "import sys\n\nimport numpy as np\nimport torch\n\n\ndef array(values):\n    return torch.tensor(values, dtype=torch.float64)\n";
    case Framework::jax:
      return "import sys\n\nimport jax\nimport jax.numpy as jnp\nimport numpy as np\n\njax.config.update(\"jax_enable_x64\", True)\n\n\ndef array(values):\n    return jnp.array(values, dtype=float)\n";
    case Framework::numpy:
      return std::string(gelu ? "import math\n" : "") + "import sys\n\n"
             "import numpy as np\n\nnp.seterr(divide=\"ignore\", invalid=\"ignore\", over=\"ignore\")  # saturated units have infinite dC/da\n\n\n"
             "def array(values):\n    return np.array(values, dtype=float)\n";
  }
  return "";
}

std::string trace_text(CostForm form, Framework framework) {
  const bool plain = form == CostForm::plain;
  switch (framework) {
    case Framework::pytorch: {
      std::string text = with(std::string(torch_trace), "@DCDA@", plain ? "a[l].grad" : "a[l].grad if l < len(LAYERS) else dC_da_of_outputs");
      return with(text, "@COST@",
                  plain ? "C = cost(a[-1], y)\n    C.backward()"
                        : "C = cost_from_z(z[-1], y)\n    C.backward()\n    outputs = a[-1].detach().requires_grad_()\n"
                          "    dC_da_of_outputs, = torch.autograd.grad(cost(outputs, y), outputs)");
    }
    case Framework::jax: {
      std::string text = with(std::string(jax_trace), "@DCDA@", plain ? "dC_da" : "dC_da if l < len(LAYERS) else jax.grad(cost)(a[l], y)");
      return with(text, "@COST@", plain ? "cost(a[-1], y)" : "cost_from_z(z[-1], y)");
    }
    case Framework::numpy: {
      std::string text = with(std::string(numpy_trace), "@DCDA@", plain ? "cost_derivative(a[-1], y)" : "cost_derivative(z[-1], y)");
      const std::string product = "slope.T @ dC_da if slope.ndim == 2 else slope * dC_da";
      text = with(text, "@DELTA@", plain ? product : "output_delta(z[l], y) if l == len(LAYERS) else " + product);
      return with(text, "@COST@", plain ? "cost(a[-1], y)" : "cost_from_z(z[-1], y)");
    }
  }
  return "";
}

}  // namespace

std::string program_text(const Lesson& lesson, Framework framework) {
  const auto f = static_cast<std::size_t>(framework);
  const CostForm form = form_of(lesson.network);
  std::string text = header(lesson, framework) + imports(lesson, framework);
  std::set<Activation> defined;
  for (const Layer& layer : lesson.network.layers) {
    const std::string_view definition = activation_text(layer.activation)[f].definition;
    if (defined.insert(layer.activation).second && !definition.empty()) text += "\n\n" + std::string(definition);
  }
  if (framework != Framework::numpy) {
    // Where every neuron's output depends on every z of its layer, the slope is a matrix.
    const std::string_view softmax = activation_text(Activation::softmax)[f].function;
    const bool mixing = defined.contains(Activation::softmax);
    text += "\n\nMIXING = [" + std::string(mixing ? softmax : "") + "]  # activations whose outputs depend on every z of the layer\n";
  }
  text += cost_functions(lesson.network, framework);
  text += "\n" + trace_text(form, framework);
  std::string writing(printing);
  writing = with(writing, "@DETACH@", framework == Framework::pytorch ? ".detach()" : "");
  writing = with(writing, "@VALUES@",
                 framework == Framework::pytorch ? "values = values.detach().numpy().copy()" : "values = np.asarray(values)");
  text += writing + data_text(lesson, framework);
  return text + "\nif __name__ == \"__main__\":\n    main()\n";
}

}  // namespace gradtrace
