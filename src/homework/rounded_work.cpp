// The rounding that is carried: from number to number as a span, and within one rule number by number.
#include "homework/rounded_work.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {
namespace {

constexpr int most_more_digits = 6;  // what is held to more than that is as good as whole
constexpr int most_more_within = 2;  // the same of what a rule holds within
constexpr std::size_t most_evaluated = 256;  // ingredients of a rule, of which each would ask for the whole rule again

/// How many significant digits a number has that was written down; zeros at its end are not seen.
int digits_written(double value) {
  const std::string text = shortest(value);
  const std::string mantissa = text.substr(0, text.find('e'));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto first = std::ranges::find_if(mantissa, [](char c) { return c >= '1' && c <= '9'; });
  auto last = mantissa.end();
  while (last != first && (!is_digit(last[-1]) || (last[-1] == '0' && mantissa.find('.') == std::string::npos))) --last;
  return static_cast<int>(std::count_if(first, last, is_digit));
}

/// Whether rounding to so many digits leaves it as it is.
bool has_no_more_digits(double value, int digits) {
  constexpr double rounding = 1e-15;  // 0.1 + 0.2 is 0.3
  const double unit = 2 * half_unit(value, digits);
  return unit == 0 || std::abs(unit * std::round(value / unit) - value) <= rounding * std::abs(value);
}

Held between(double low, double high) { return {low + (high - low) / 2, (high - low) / 2}; }

Held hull(const Held& x, const Held& y) { return between(std::min(x.value - x.within, y.value - y.within), std::max(x.value + x.within, y.value + y.within)); }

/// What both hold; nothing where they are apart.
std::optional<Held> common(const Held& x, const Held& y) {
  const double low = std::max(x.value - x.within, y.value - y.within), high = std::min(x.value + x.within, y.value + y.within);
  if (!(low <= high)) return std::nullopt;
  return between(low, high);
}

}  // namespace

RoundedWork::RoundedWork(const Grader& grader, const std::vector<std::optional<double>>& own, bool cuts)
    : grader_(grader), own_(own), cuts_(cuts), last_digit_(std::pow(10.0, 1 - digits())), exact_(grader, own, {}), habits_(habits_of(grader.lesson().network)) {
  for (const std::size_t index : grader.layout().asked()) {
    if (!own[index] || is_right(index)) continue;
    const Name name = grader.layout().numbers().name(index);
    missed_.emplace(name.quantity, name.layer);
  }
}

/// Those of a number that the sheet may ask, kept while they are not too many.
std::shared_ptr<const std::vector<RuleForm>> RoundedWork::forms(const Name& cell) {
  constexpr std::size_t most_read = 200'000;  // each takes some ten bytes
  const std::size_t index = grader_.layout().numbers().index(cell).value();
  auto& known = forms_[index];
  if (known) return known;
  auto made = std::make_shared<const std::vector<RuleForm>>(right_forms(grader_.lesson().network, grader_.rules(), cell));
  forms_read_ += made->front().ingredients.size();
  if (forms_read_ > most_read) return made;
  return known = made;
}

double RoundedWork::number(const Name& name, Basis basis) {
  const auto index = grader_.layout().numbers().index(name);
  if (!index) return grader_.given_number(name);
  switch (basis) {
    case Basis::right: return grader_.right(*index);
    case Basis::own: return exact_.read(name);
    case Basis::anew: break;
  }
  const auto known = anew_.find(*index);
  if (known != anew_.end()) return known->second;
  double value = exact_.rule(name);
  // Who wrote the right number has not gone on with another.
  if (is_answer(*index) && is_right(*index) && !grader_.fits(value, grader_.right(*index), *index)) value = *own_[*index];
  return anew_.emplace(*index, value).first->second;
}

Reader RoundedWork::reader(Basis basis) {
  return [this, basis](const Name& name) { return number(name, basis); };
}

/// All that is within half a unit of the last digit, or is cut off after it; a number that has no more digits is itself.
Held RoundedWork::rounded_or_cut(const Held& number) const {
  const double half = grader_.half_unit(number.value);
  if (number.within == 0 && has_no_more_digits(number.value, digits())) return number;
  const double down = std::copysign(half / 2, number.value);  // as far towards 0 again
  return {number.value - down, number.within + 1.5 * half};
}

/// Whether it is the student's own: asked, or read off what is asked.
bool RoundedWork::is_answer(std::size_t index) const {
  return own_[index] && (grader_.layout().cell(index) == Cell::asked || is_read_off(grader_, own_, index));
}

/// Whether what stands there is the right number, as far as it is written.
bool RoundedWork::is_right(std::size_t index) const { return grader_.fits(*own_[index], grader_.right(index), index); }

/// Where a number of before lies that somebody may have gone on with.
Held RoundedWork::spread(const Name& name, Basis basis) {
  const auto index = grader_.layout().numbers().index(name);
  if (!index) return rounded_or_cut({number(name, basis), 0});
  const auto known = spread_.find({*index, basis});
  if (known != spread_.end()) return known->second;
  // What was derived anew was derived from the student's numbers.
  const Basis before = basis == Basis::right ? Basis::right : Basis::own;
  const double value = number(name, basis);
  const bool asked = is_answer(*index);
  const Held around = basis == Basis::own ? written(value, true) : Held{value, grader_.half_unit(value)};
  Held all = rounded_or_cut({value, 0});
  // Beside others that were missed a number may be right by chance, being a wrong one that is written alike.
  const bool by_chance = basis == Basis::own && missed_.contains({name.quantity, name.layer});
  if (asked && (by_chance || !grader_.fits(value, grader_.right(*index), *index))) {
    all = hull(all, around);
  } else {
    // Worked out, even where the sheet shows it, though then in full parts; of what is written only as far as it would be so.
    const bool shown = grader_.layout().cell(*index) == Cell::shown;
    const auto ways = forms(name);
    for (const RuleForm& form : *ways) {
      const Held derived = span(form, before, shown ? Parts::in_full : Parts::held);
      if (!asked) all = hull(all, rounded_or_cut(derived));
      if (const auto both = asked ? common(around, derived) : std::nullopt) all = hull(all, *both);
    }
  }
  return spread_.emplace(std::pair{*index, basis}, all).first->second;
}

/// What may have been rounded, or cut off, to what is written.
Held RoundedWork::written(double x, bool cuts) const {
  constexpr double tie = 1 + 1e-6;  // 0.325 is written 0.33, and a little more than half a unit away as a double
  return {x, (cuts ? 2 : 1) * tie * half_unit(x, std::max(digits(), digits_written(x)))};
}

/// What it does to the rule's number that one ingredient becomes `to`, all others being what they are.
double RoundedWork::effect(const RuleForm& form, std::size_t ingredient, double to, Basis basis) {
  const Name& name = form.ingredients[ingredient];
  const double change = to - number(name, basis);
  if (change == 0) return 0;
  const std::size_t partner = ingredient ^ 1;
  if (form.shape == RuleForm::Shape::terms) return form.weight * change;
  if (form.shape == RuleForm::Shape::products) return change * (partner < form.ingredients.size() ? number(form.ingredients[partner], basis) : 1);
  return form.rule([&](const Name& read) { return read == name ? to : number(read, basis); }) - form.rule(reader(basis));
}

/// What to put in for one ingredient to see how far its rule goes: where it is held, from end to end, and what may be a turn
/// between them, of a square or of an activation.
std::vector<double> RoundedWork::ends_and_turns(const RuleForm& form, std::size_t ingredient, const Held& held, Basis basis) {
  const double low = held.value - held.within, high = held.value + held.within;
  std::vector<double> values{low, high};
  constexpr std::size_t few = 64, between = 8;
  if (form.shape != RuleForm::Shape::other || form.ingredients.size() > few) return values;
  for (std::size_t i = 1; i < between; ++i) values.push_back(low + (high - low) * static_cast<double>(i) / static_cast<double>(between));
  const Name& name = form.ingredients[ingredient];
  const bool is_output = name.quantity == Quantity::a && name.layer == grader_.lesson().network.depth();
  const double turn = is_output ? number(beside(name, Quantity::y, name.layer, name.j), basis) : 0;
  if (low < turn && turn < high) values.push_back(turn);
  return values;
}

/// What rounding the steps within one rule can do, which no number of the sheet shows.
double RoundedWork::rounding_inside(const RuleForm& form, double value, Basis basis, Parts parts) {
  double sum = form.in_steps ? grader_.half_unit(value) : 0;
  if (parts == Parts::held) sum += form.parts * last_digit_ * std::abs(value);
  if (form.shape == RuleForm::Shape::products && form.ingredients.size() > 2) {
    for (std::size_t i = 0; i + 1 < form.ingredients.size(); i += 2) {
      const double product = number(form.ingredients[i], basis) * number(form.ingredients[i + 1], basis);
      if (!has_no_more_digits(product, digits())) sum += 2 * grader_.half_unit(product);  // rounded, or cut off
    }
  }
  return sum;
}

/// All that rounding can make of the rule's number: the sum of what the rounding of each ingredient does.
Held RoundedWork::span(const RuleForm& form, Basis basis, Parts parts) {
  const double here = form.rule(reader(basis)), inside = rounding_inside(form, here, basis, parts);
  double low = here - inside, high = here + inside;
  if (form.in_parts && parts == Parts::held) {  // where a part is as good as 1, as in 1 − a, none of its digits may be left
    const Hold rounds = [&](double value) { return rounded(value, static_cast<std::size_t>(digits())); }, cuts = [&](double value) { return cut_off(value, digits()); };
    for (const OnTheWay& hold : {OnTheWay{}, OnTheWay{rounds, rounds, rounds}, OnTheWay{cuts, cuts, cuts}}) {
      const double literal = form.in_parts(reader(basis), hold);
      if (!std::isfinite(literal)) continue;
      low = std::min(low, literal - inside);
      high = std::max(high, literal + inside);
    }
  }
  if (form.shape == RuleForm::Shape::other && form.ingredients.size() > most_evaluated) return {here, inside};
  for (std::size_t i = 0; i < form.ingredients.size(); ++i) {
    const Held held = spread(form.ingredients[i], basis);
    if (held.within == 0) continue;
    double down = 0, up = 0;
    for (const double value : ends_and_turns(form, i, held, basis)) {
      const double change = effect(form, i, value, basis);
      down = std::min(down, change);
      up = std::max(up, change);
    }
    low += down;
    high += up;
  }
  return between(low, high);
}

bool RoundedWork::comes_from(double x, const Held& number) const {
  if (!std::isfinite(number.value) || !std::isfinite(number.within)) return false;
  constexpr double slack = 1 + 1e-6;
  const double nearest = std::clamp(x, number.value - number.within, number.value + number.within), apart = std::abs(x - nearest);
  if (apart > 2 * last_digit_ * std::abs(nearest)) return false;  // by far, and before logarithms are taken
  const double half = grader_.half_unit(nearest);
  const double rounding = 4 * std::numeric_limits<double>::epsilon() * std::abs(nearest);  // 0.735 is not cut off to 0.734
  return apart <= slack * half || (std::abs(x) < std::abs(nearest) && apart + rounding < 2 * std::min(half, grader_.half_unit(x)));
}

/// What the rule gives somebody of that habit, before it is held itself.
double RoundedWork::worked_out(const RuleForm& form, const Reader& read, const Habit& habit) const {
  const OnTheWay hold = habit.on_the_way();
  if (form.in_parts) return form.in_parts(read, hold);
  if (form.shape != RuleForm::Shape::products || habit.within == Within::nothing) return form.rule(read);
  double sum = 0;
  for (std::size_t i = 0; i < form.ingredients.size(); i += 2) {
    const double first = read(form.ingredients[i]);
    sum += i + 1 < form.ingredients.size() ? hold.term(first * read(form.ingredients[i + 1])) : first;
  }
  return sum;
}

/// What somebody of that habit goes on with, from the student's numbers.
double RoundedWork::held_number(const Name& name, const Habit& habit) {
  const auto index = grader_.layout().numbers().index(name);
  if (!index) return habit.given_too ? habit.held(grader_.given_number(name)) : grader_.given_number(name);
  const bool written_down = is_answer(*index), shown = !written_down && grader_.layout().cell(*index) == Cell::shown;
  if (shown && habit.shown != Shown::worked_out) {
    return habit.shown == Shown::held ? habit.held(grader_.right(*index)) : grader_.right(*index);
  }
  const bool is_term = name.quantity == Quantity::path && habit.sums_at_once;
  if (written_down && habit.kept == Kept::as_written && !is_term) return habit.shown == Shown::in_full ? *own_[*index] : habit.held(*own_[*index]);
  const bool used_once = name.quantity == Quantity::path || name.quantity == Quantity::dC_dw;  // and there are many
  const std::pair key{habit.number, *index};
  if (const auto known = held_.find(key); known != held_.end()) return known->second;
  const Reader before = [&](const Name& ingredient) { return held_number(ingredient, habit); };
  const auto ways = forms(name);
  // Of softmax nobody adds up the others' activations for 1 − aⱼ.
  const bool from_activations = name.quantity == Quantity::slope && (habit.slopes_from_activations || name.k != Name::none);
  const bool the_other = from_activations || (name.quantity == Quantity::delta && habit.short_delta);
  const RuleForm& way = the_other ? ways->back() : ways->front();
  const bool in_full = shown || habit.within == Within::nothing;
  double value = in_full && !way.reads_more ? way.rule(before) : worked_out(way, before, habit);
  if (!std::isfinite(value)) value = ways->front().rule(before);
  double held = is_term || habit.kept == Kept::all ? value : habit.held(value);
  // What is on the sheet is not that, but a slip.
  if (written_down && !(std::abs(held - *own_[*index]) <= written(*own_[*index], cuts_ || habit.cuts).within)) held = habit.held(*own_[*index]);
  if (!used_once) held_.emplace(key, held);
  return held;
}

/// How far the number may be from it that the student really had, where it is neither right nor known from the sheet.
double RoundedWork::unknown_behind(const Name& name, Basis basis) {
  const auto index = grader_.layout().numbers().index(name);
  if (basis == Basis::right || !index) return 0;
  if (basis == Basis::own && is_answer(*index)) return is_right(*index) && !missed_.contains({name.quantity, name.layer}) ? 0 : written(*own_[*index], cuts_).within;
  if (own_[*index]) return 0;
  if (const auto known = unknown_.find(*index); known != unknown_.end()) return known->second;
  const double unknown = unknown_behind(forms(name)->front(), Basis::own);
  unknown_.emplace(*index, unknown);
  return unknown;
}

double RoundedWork::unknown_behind(const RuleForm& form, Basis basis) {
  double sum = 0;
  for (std::size_t i = 0; i < form.ingredients.size(); ++i) {
    const double within = unknown_behind(form.ingredients[i], basis);
    if (within == 0) continue;
    const double value = number(form.ingredients[i], basis);
    sum += std::max(std::abs(effect(form, i, value + within, basis)), std::abs(effect(form, i, value - within, basis)));
  }
  return sum;
}

/// A span holds more than rounding can really give where numbers nearly cancel; farther off than one or two units of the last
/// digit it must be what some habit of rounding gives.
bool RoundedWork::may_give(const RuleForm& form, Basis basis, double x) {
  constexpr double near = 3, nearest = 0.05;  // half units; of the number itself
  const Held all = span(form, basis);
  if (std::isfinite(all.within) && !comes_from(x, all)) return false;
  const double here = form.rule(reader(basis));
  if (std::abs(x - here) <= std::min(near * grader_.half_unit(here), nearest * std::abs(here))) return true;
  std::vector<Name> open;  // what can be held in more than one way
  for (const Name& name : form.ingredients) {
    if (spread(name, basis).within > 0) open.push_back(name);
  }
  const double slack = unknown_behind(form, basis);
  // Of many numbers one more digit in each tells little, and takes its time.
  constexpr std::size_t many_added = 128, many_on_the_way = 20000;
  const bool few = open.size() <= many_added && own_.size() <= many_on_the_way;
  constexpr std::size_t most_held = 1'000'000;  // each takes a hundred bytes
  if (held_.size() > most_held) held_.clear();
  for (std::size_t way = 0; way < habits_.size(); ++way) {
    Habit habit = habits_[way];
    if (x == 0 && habit.shown == Shown::worked_out) continue;  // what the sheet shows not to be 0 is not
    const int more = few ? habit.within == Within::nothing ? most_more_digits : most_more_within : 0;
    for (int extra = 0; extra <= more; ++extra) {
      habit.digits = digits() + extra;
      habit.number = way * (most_more_digits + 1) + static_cast<std::size_t>(extra);
      if (habit_gives(form, open, basis, habit, slack, x)) return true;
    }
  }
  return false;
}

/// Whether x comes out where any of the open numbers are held by that habit, and the others are in full; of many, all.
bool RoundedWork::habit_gives(const RuleForm& form, const std::vector<Name>& open, Basis basis, const Habit& habit, double slack, double x) {
  constexpr std::size_t most_apart = 6;
  const bool all = open.size() > most_apart;
  for (std::size_t chosen = 0; chosen < std::size_t{1} << (all ? 1 : open.size()); ++chosen) {
    const Reader read = [&](const Name& name) {
      const auto at = all ? 0 : static_cast<std::size_t>(std::ranges::find(open, name) - open.begin());
      if (at == open.size() || !(chosen >> at & 1)) return number(name, basis);
      return basis == Basis::own ? held_number(name, habit) : habit.held(number(name, basis));
    };
    const auto gives_it = [&](double value, double inside) { return comes_from(x, {value, slack + inside}); };
    const double value = form.rule(read);
    if (gives_it(value, form.in_steps ? grader_.half_unit(value) : 0)) return true;
    if ((habit.within != Within::nothing || form.in_parts) && gives_it(worked_out(form, read, habit), 0)) return true;
  }
  return false;
}

/// Of a ∂C/∂b whose δ is not asked those of δ too, which may be worked out under either name; they alone where it was read off.
std::vector<RuleForm> RoundedWork::forms_of_answer(const Name& cell) {
  std::vector<RuleForm> own = *forms(cell);
  if (cell.quantity != Quantity::dC_db || cell.scope.kind == Scope::Kind::mean) return own;
  const Name delta = beside(cell, Quantity::delta, cell.layer, cell.j);
  const auto index = grader_.layout().numbers().index(delta);
  if (!index || grader_.layout().cell(*index) == Cell::asked) return own;
  std::vector<RuleForm> all = *forms(delta);
  if (!is_circular(grader_, own_, cell, delta)) all.insert(all.end(), own.begin(), own.end());
  return all;
}

bool RoundedWork::gives(const Name& cell, double x) {
  std::vector<RuleForm> all = forms_of_answer(cell);
  // Whose a is not rounded to 1 has no slope of 0, whatever is left of 1 + e^z.
  if (x == 0 && cell.quantity == Quantity::slope && all.back().ingredients.front().quantity == Quantity::a) all = {all.back()};
  for (const Basis basis : {Basis::own, Basis::anew, Basis::right}) {
    if (std::ranges::any_of(all, [&](const RuleForm& form) { return may_give(form, basis, x); })) return true;
  }
  return false;
}

double RoundedWork::room(const Name& cell) { return span(forms(cell)->front(), Basis::own, Parts::in_full).within; }

double RoundedWork::room(const Name& cell, const Hypothesis& mistake) {
  const std::vector<Name> ingredients = grader_.rules().ingredients(cell);
  if (ingredients.size() > most_evaluated) return 0;
  const StudentDerivation mistaken(grader_, own_, mistake);
  const double here = mistaken.rule(cell, reader(Basis::own));
  double sum = 0;
  for (const Name& ingredient : ingredients) {
    const Held held = spread(ingredient, Basis::own);
    const auto change = [&](double end) { return std::abs(mistaken.rule(cell, [&](const Name& name) { return name == ingredient ? end : number(name, Basis::own); }) - here); };
    sum += std::max(change(held.value - held.within), change(held.value + held.within));
  }
  return sum;
}

}  // namespace gradtrace
