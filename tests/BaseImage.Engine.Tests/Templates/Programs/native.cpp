// Exceptions, threads, the standard library's locale and time zone independent parts: what libstdc++ and libgcc are for.
#include <cerrno>
#include <fstream>
#include <future>
#include <iostream>
#include <regex>
#include <stdexcept>
#include <string>
#include <unistd.h>

int main()
{
    std::cout << "user " << getuid() << ':' << getgid() << '\n';
    std::ofstream written("/written");
    std::cout << "root " << (!written && errno == EROFS ? "read-only" : "writable") << '\n';
    auto thrown = std::async(std::launch::async, [] { throw std::runtime_error("caught in another thread"); });
    try
    {
        thrown.get();
    }
    catch (const std::runtime_error &error)
    {
        std::cout << error.what() << '\n';
    }

    std::cout << std::regex_replace(std::string("a-b-c"), std::regex("-"), "+") << std::endl;
}
