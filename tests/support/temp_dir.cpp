#include "support/temp_dir.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <sys/stat.h>

namespace tfevents::test {

namespace fs = std::filesystem;

namespace {

void write_to(const std::string& path, std::string_view bytes, std::ios::openmode mode) {
  std::ofstream file(path, std::ios::binary | mode);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path);
}

std::string with_parents(std::string path) {
  fs::create_directories(fs::path(path).parent_path());
  return path;
}

}  // namespace

TempDir::TempDir() {
  std::string name = (fs::canonical(fs::temp_directory_path()) / "tfe-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TempDir::operator/(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

std::string TempDir::write(std::string_view name, std::string_view bytes) const {
  std::string path = with_parents(*this / name);
  write_to(path, bytes, std::ios::trunc);
  return path;
}

std::string TempDir::append(std::string_view name, std::string_view bytes) const {
  std::string path = with_parents(*this / name);
  write_to(path, bytes, std::ios::app);
  return path;
}

std::string TempDir::make_directory(std::string_view name) const {
  std::string path = *this / name;
  fs::create_directories(path);
  return path;
}

std::string TempDir::make_link(std::string_view name, const std::string& target) const {
  std::string path = with_parents(*this / name);
  fs::create_symlink(target, path);
  return path;
}

std::string TempDir::make_fifo(std::string_view name) const {
  std::string path = with_parents(*this / name);
  if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("cannot make " + path);
  return path;
}

std::string TempDir::read(std::string_view name) const {
  std::ifstream file(*this / name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + (*this / name));
  return {std::istreambuf_iterator<char>(file), {}};
}

bool TempDir::exists(std::string_view name) const {
  return fs::symlink_status(*this / name).type() != fs::file_type::not_found;
}

}  // namespace tfevents::test
