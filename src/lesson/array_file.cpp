// Which kind of file it is goes by its name.
#include "lesson/array_file.hpp"

#include <string>

namespace gradtrace {

namespace {

enum class FileKind { npy, csv, idx };

/// @throws ArrayFileError
FileKind kind_of(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  if (name.ends_with(".npy")) return FileKind::npy;
  if (name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".txt"))
    return FileKind::csv;
  // MNIST's files are called train-images-idx3-ubyte or train-images.idx3-ubyte.
  if (name.find("idx") != std::string::npos) return FileKind::idx;
  throw ArrayFileError(
      "what this file holds cannot be told from its name; expected .npy, .csv or .idx, .gz behind "
      "it or not");
}

}  // namespace

ArrayFile::ArrayFile(std::filesystem::path file) {
  std::uintmax_t text_left = most_text;
  *this = ArrayFile(std::move(file), text_left);
}

ArrayFile::ArrayFile(std::filesystem::path file, std::uintmax_t& text_left) : ArrayFile(std::move(file), text_left, Shapeless::refused) {}

ArrayFile ArrayFile::or_number(std::filesystem::path file) {
  std::uintmax_t text_left = most_text;
  return ArrayFile(std::move(file), text_left, Shapeless::taken);
}

ArrayFile::ArrayFile(std::filesystem::path file, std::uintmax_t& text_left, Shapeless shapeless) : file_(std::move(file)) {
  const FileKind kind = kind_of(file_);
  ByteSource source(file_);
  if (kind == FileKind::csv) {
    const CsvLayout layout = read_csv_layout(source, text_left);
    shape_ = {layout.rows, layout.columns};
    layout_ = layout;
  } else {
    const BinaryLayout layout =
        kind == FileKind::npy ? read_npy_header(source) : read_idx_header(source);
    if (layout.single_number && shapeless == Shapeless::refused) throw ArrayFileError("the file holds a single number without a shape; expected an array");
    shape_ = layout.shape;
    layout_ = layout;
  }
  for (std::size_t axis = 1; axis < shape_.size(); ++axis) columns_ *= shape_[axis];
}

void ArrayFile::read(RowRange range, const RowSink& sink, Admits admits) const {
  ByteSource source(file_);
  if (const auto* csv = std::get_if<CsvLayout>(&layout_)) {
    read_csv_rows(source, *csv, range, sink);
    return;
  }
  const auto& layout = std::get<BinaryLayout>(layout_);
  source.skip(layout.header_bytes);
  read_binary_rows(source, layout, range, admits, sink);
}

}  // namespace gradtrace
