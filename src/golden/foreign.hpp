// Somebody else's numbers, from any language: a CSV like ours, a JSON like ours, or a folder of .npy arrays.
#pragma once

#include "golden/table.hpp"
#include "lesson/lesson.hpp"

#include <filesystem>

namespace gradtrace {

/// Whatever of the lesson's numbers the file or folder holds; parts may be missing.
/// A folder's files are called after quantity and layer, dC_dw_1.npy, dC_db_2.npy, delta_1.npy, dC_da_0.npy …, and
/// hold arrays of that quantity's shape (path: [from, through]; softmax slope: [i, j]). Of a lesson with several
/// examples such an array is the mean's; with one axis more in front it is one for each example.
/// @throws InputError with everything that is wrong with it.
StoredTable load_foreign(const std::filesystem::path& file, const Lesson& lesson);

/// The text of a JSON like ours.
StoredTable parse_foreign_json(const std::string& file, const std::string& text, const Lesson& lesson);

}  // namespace gradtrace
