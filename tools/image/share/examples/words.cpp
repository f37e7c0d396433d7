// c++ words.cpp -o words && ./words < words.cpp : counts words, the most frequent first.
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main() {
  std::map<std::string, int> counts;
  for (std::string word; std::cin >> word;) counts[word]++;
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](auto &a, auto &b) { return a.second > b.second; });
  for (size_t i = 0; i < sorted.size() && i < 10; i++) std::cout << sorted[i].second << ' ' << sorted[i].first << '\n';
}
