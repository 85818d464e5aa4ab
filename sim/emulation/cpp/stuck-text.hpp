// A deadlock in words: what `Simulation::stuck` tells, made a line that a person reads.
#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace tilewright {

// `told` as sim/told-state.ts describes it. The first line says who waits for what; behind it the lines
// as they were told, for a reader that knows the kernel.
inline std::string stuckText(const std::string& told) {
  std::string waits, streams, ports, since = "?", now = "?";
  const auto add = [](std::string& list, const std::string& entry) {
    if (("; " + list + "; ").find("; " + entry + "; ") != std::string::npos) return;
    list += (list.empty() ? "" : "; ") + entry;
  };
  std::istringstream lines(told);
  std::string details;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    details += "\ntold " + line;
    std::istringstream words(line);
    std::string kind, name, rest;
    words >> kind;
    if (kind == "NOW") {
      words >> since >> now;
    } else if (kind == "WAIT") {
      std::string process, last, stage, access, resource;
      words >> process >> last >> stage >> access >> resource;
      std::getline(words >> std::ws, rest);
      add(waits, process + " waits to " + access + " " + resource + " (" + rest + ")");
    } else if (kind == "OWN") {
      words >> name;
      add(waits, name + " waits for an older iteration of its own");
    } else if (kind == "LEFT") {
      words >> rest >> name;
      add(waits, "memory " + name + " has " + rest + " that no process takes");
    } else if (kind == "STREAM") {
      words >> name >> rest;
      if (rest != "some") add(streams, "stream " + name + " is " + rest);
    } else if (kind == "PORT") {
      std::string inFlight, owes;
      words >> name >> inFlight >> owes;
      std::getline(words >> std::ws, rest);
      add(ports, rest);
    }
  }
  std::string text = "nothing moves since cycle " + since + " (told in cycle " + now + ")";
  for (const std::string& part : {waits, streams, waits.empty() ? ports : std::string()}) {
    if (!part.empty()) text += "; " + part;
  }
  return text + details;
}

}  // namespace tilewright
