// Words for mistakes.
#include "homework/feedback.hpp"

#include <array>

namespace gradtrace {
namespace {

constexpr std::array<Advice, 20> all{{
    {Mistake::missing_two, "the 2 that a square leaves behind", "this is a − y: what does differentiating a square leave in front?", "∂C/∂a = 2(a − y)"},
    {Mistake::flipped_sign, "the sign of ∂C/∂a: a − y", "if a is too large, does C rise or fall with a? What is subtracted from what?", "∂C/∂a grows with a − y"},
    {Mistake::missing_slope, "the slope σ′(z) in δ", "this is your ∂C/∂a: how responsive is the neuron at its z?", "δ = ∂C/∂a · σ′(z)"},
    {Mistake::slope_at_activation, "where the slope is taken: at z", "the slope asks where the neuron stands: is that z, or a?", "σ′(z), with z and not a put in"},
    {Mistake::activation_as_slope, "the slope is not the activation", "this is how active the neuron is: how much does a move when z does?", "σ′(z) = da/dz"},
    {Mistake::extra_slope, "the slope that has cancelled", "with this cost one factor has cancelled already: which one is in a − y?", "δ = a − y"},
    {Mistake::own_activation, "whose activation a weight's gradient uses", "which neuron feeds this weight: its own, or one of the layer before?", "∂C/∂wⱼₖ = δⱼ · aₖ, aₖ of the layer before"},
    {Mistake::pre_activation_as_input, "what travels along a weight: a, not z", "what does the neuron before send along the weight: its z or its a?", "∂C/∂wⱼₖ = δⱼ · aₖ"},
    {Mistake::swapped_indices, "rows and columns of ∂C/∂W", "w[j,k] leads into j from k: whose δ, and whose activation?", "∂C/∂wⱼₖ = δⱼ · aₖ"},
    {Mistake::bias_times_input, "a bias has no input", "what is ∂z/∂b?", "∂C/∂b = δ"},
    {Mistake::single_path, "influences along several paths add up", "this is one path: along how many does the neuron reach the cost?", "∂C/∂aₖ = Σⱼ wⱼₖ·δⱼ"},
    {Mistake::averaged_paths, "paths are added, not averaged", "where paths meet, what happens to their influences?", "∂C/∂aₖ = Σⱼ wⱼₖ·δⱼ"},
    {Mistake::missing_weight, "the weight on the way back", "on its way back the signal passes the weight once more: what is ∂z/∂a?", "wⱼₖ · δⱼ"},
    {Mistake::transposed_weights, "the way back goes through the transpose", "the path from k through j: is that w[j,k] or w[k,j]?", "wⱼₖ · δⱼ, W transposed"},
    {Mistake::slope_of_wrong_layer, "each δ has its own layer's slope", "of which neuron is the slope in this δ?", "δ⁽ˡ⁾ = ∂C/∂a⁽ˡ⁾ · σ′(z⁽ˡ⁾)"},
    {Mistake::sum_instead_of_mean, "the data set's gradient is a mean", "the examples are added up: what is still to be done?", "∂C/∂w = 1/n Σₓ ∂Cₓ/∂w"},
    {Mistake::updated_weights, "the way back uses the weights of the way there", "which weights did the forward pass use: were they moved already?", "wⱼₖ · δⱼ, before any step"},
    {Mistake::missing_bias, "the bias in z", "what does z have besides weights times inputs?", "zⱼ = Σₖ wⱼₖ·aₖ + bⱼ"},
    {Mistake::missing_activation, "the activation function", "this is z: what does the neuron make of it?", "a = σ(z)"},
    {Mistake::early_rounding, "digits kept on the way", "right as far as it goes, but to fewer digits than asked: round at the end, not on the way", "round at the end"},
}};

}  // namespace

const Advice& advice(Mistake mistake) { return all[static_cast<std::size_t>(mistake)]; }

std::string_view rule_of(Quantity quantity, bool output_layer) {
  switch (quantity) {
    case Quantity::z: return "zⱼ = Σₖ wⱼₖ·aₖ + bⱼ";
    case Quantity::a: return "a = σ(z)";
    case Quantity::C: return "the cost of a and y";
    case Quantity::dC_da: return output_layer ? "∂C/∂a, the cost's own derivative" : "∂C/∂aₖ = Σⱼ wⱼₖ·δⱼ";
    case Quantity::slope: return "σ′(z)";
    case Quantity::delta: return "δ = ∂C/∂a · σ′(z)";
    case Quantity::dC_db: return "∂C/∂b = δ";
    case Quantity::dC_dw: return "∂C/∂wⱼₖ = δⱼ · aₖ";
    case Quantity::path: return "wⱼₖ · δⱼ";
    default: return "";
  }
}

std::string diagnosis_text(const Answer& answer) {
  std::string text;
  for (const Diagnosis& diagnosis : answer.diagnoses) {
    if (!text.empty()) text += " or ";
    for (std::size_t i = 0; i < diagnosis.mistakes.size(); ++i) text += (i ? " and " : "") + std::string(info(diagnosis.mistakes[i]).id);
  }
  return text;
}

std::string feedback_text(const Answer& answer, const SheetShape& shape, const std::string& shown) {
  std::string text;
  const bool output = answer.name.layer == shape.depth;
  switch (answer.verdict) {
    case AnswerVerdict::correct: return "right";
    case AnswerVerdict::follows: text = "right, given your own numbers before it: full marks"; break;
    case AnswerVerdict::blank: text = "left blank; the rule is " + std::string(rule_of(answer.name.quantity, output)); break;
    case AnswerVerdict::unreadable: text = "could not be read: " + answer.given.problem; break;
    case AnswerVerdict::wrong: {
      if (!answer.diagnoses.empty()) {
        for (const Mistake mistake : answer.diagnoses.front().mistakes) text += (text.empty() ? "" : "; and ") + std::string(advice(mistake).hint);
        for (std::size_t i = 1; i < answer.diagnoses.size(); ++i) text += "; or: " + std::string(advice(answer.diagnoses[i].mistakes.front()).hint);
        break;
      }
      switch (answer.slip) {
        case Slip::sign: text = "look at the sign again"; break;
        case Slip::decimal_place: text = "look at the decimal point again"; break;
        case Slip::neighbour: text = "this belongs into another row: look at the indices"; break;
        case Slip::few_digits: text = "close, but not to the digits asked: keep more of them on the way"; break;
        case Slip::trivial_zero: text = "this follows from a 0 before it, but everything follows from a 0: mend that first"; break;
        case Slip::none:
          if (shape.of_table) {
            text = "not the number in the table; the rule is " + std::string(rule_of(answer.name.quantity, output));
            break;
          }
          text = "not what the rule gives from your numbers before it: " + std::string(rule_of(answer.name.quantity, output));
          break;
      }
      break;
    }
  }
  if (!shown.empty()) text += " (the right number: " + shown + ")";
  return text;
}

}  // namespace gradtrace
