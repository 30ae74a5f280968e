"""A service of two modules."""
import json
import helper


def main(path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"answer": helper.answer(), "names": sorted({"b", "a", "c"})}, file)


if __name__ == "__main__":
    print(helper.answer())
