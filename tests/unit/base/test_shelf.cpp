#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/shelf.hpp"

using tfevents::Shelf;

TEST_CASE("what is put on a shelf stays as it was") {
  Shelf shelf;
  std::mt19937 random(1);
  std::vector<std::pair<std::string, const char*>> kept;
  for (int i = 0; i < 3000; ++i) {
    // Also larger than any block.
    const std::size_t most = i % 100 == 0 ? 100'000 : 300;
    const std::string text(random() % most, static_cast<char>('a' + i % 26));
    kept.emplace_back(text, shelf.keep(text));
  }
  for (const auto& [text, place] : kept) CHECK(std::string_view(place, text.size()) == text);
}

TEST_CASE("arrays lie where their type may") {
  Shelf shelf;
  for (std::uint64_t n = 0; n < 200; ++n) {
    shelf.keep("odd");
    const std::vector<std::uint64_t> numbers(n, n);
    const std::uint64_t* const place = shelf.keep(std::span<const std::uint64_t>(numbers));
    CHECK(reinterpret_cast<std::uintptr_t>(place) % alignof(std::uint64_t) == 0);
    CHECK(std::vector<std::uint64_t>(place, place + n) == numbers);
  }
}

TEST_CASE("nothing can be kept too") {
  Shelf shelf;
  CHECK(shelf.keep("") != nullptr);
}

TEST_CASE("threads share a shelf") {
  Shelf shelf;
  constexpr int kThreads = 4, kEach = 2000;
  std::vector<std::vector<const char*>> kept(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&shelf, t, &mine = kept[static_cast<std::size_t>(t)]] {
        for (int i = 0; i < kEach; ++i)
          mine.push_back(shelf.keep(std::string(40, static_cast<char>('0' + t))));
      });
    }
  }
  for (int t = 0; t < kThreads; ++t) {
    int whole = 0;
    for (const char* place : kept[static_cast<std::size_t>(t)])
      whole += std::string_view(place, 40) == std::string(40, static_cast<char>('0' + t)) ? 1 : 0;
    CHECK(whole == kEach);
  }
}
