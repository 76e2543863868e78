from __future__ import annotations

import unittest

from twinbridge.address import read_address


class Address(unittest.TestCase):
    def test_all_ways_to_write_an_address(self) -> None:
        for given, base in {
            "127.0.0.1:8080": "http://127.0.0.1:8080/",
            "robot.local:81": "http://robot.local:81/",
            "localhost": "http://localhost:8080/",
            "localhost/robot": "http://localhost:8080/robot/",
            "[::1]:9000": "http://[::1]:9000/",
            "[::1]": "http://[::1]:8080/",
            "http://a": "http://a/",
            "http://a:8080": "http://a:8080/",
            "http://a:8080/": "http://a:8080/",
            "https://example.org/robot": "https://example.org/robot/",
            "https://example.org/robot/": "https://example.org/robot/",
            "ws://a:8080": "http://a:8080/",
            "wss://a/x/ws/state": "https://a/x/",
            "ws://a:8080/ws/command": "http://a:8080/",
            "HTTP://a:1": "http://a:1/",
            "  a:1 ": "http://a:1/",
        }.items():
            with self.subTest(given):
                self.assertEqual(read_address(given).base, base)

    def test_the_sockets_keep_a_proxys_path_and_its_encryption(self) -> None:
        self.assertEqual(read_address("https://a/b").socket("ws/state"), "wss://a/b/ws/state")
        self.assertEqual(read_address("a:1").socket("ws/command"), "ws://a:1/ws/command")

    def test_a_query_is_encoded(self) -> None:
        address = read_address("a:1").http("api/history", {"series": "robot/joint/*", "from": "1"})
        self.assertEqual(address, "http://a:1/api/history?series=robot%2Fjoint%2F%2A&from=1")

    def test_a_token_comes_from_the_address_or_beside_it(self) -> None:
        self.assertEqual(read_address("http://a:1/#token=abc").token, "abc")
        self.assertEqual(read_address("http://a:1/?token=a%2Bc").token, "a+c")
        self.assertEqual(read_address("http://a:1/#token=abc", "mine").token, "mine")
        self.assertIsNone(read_address("http://a:1/").token)

    def test_a_token_is_in_no_address_that_may_be_logged(self) -> None:
        address = read_address("http://a:1/?token=abc")
        self.assertNotIn("abc", address.base + address.socket("ws/state") + repr(address))
        self.assertEqual(address.headers(), {"Authorization": "Bearer abc"})
        self.assertEqual(read_address("a:1").headers(), {})

    def test_what_is_no_address_is_refused(self) -> None:
        for wrong in ("", "ftp://a", "http://", "a:port", "http://a:99999999", "http://user:secret@a:1"):
            with self.subTest(wrong), self.assertRaises(ValueError):
                read_address(wrong)

    def test_a_refusal_shows_no_password(self) -> None:
        with self.assertRaises(ValueError) as caught:
            read_address("http://user:geheim@a:1")
        self.assertNotIn("geheim", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
