"""Someone without a mouse: reaches things with the Tab key, and counts what they press to get something done."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

MOST_TABS = 150
_FOCUSED = "element => element === document.activeElement || element.contains(document.activeElement)"


@dataclass
class Keyboard:
    page: Page
    pressed: int = 0
    """Links followed, buttons pressed and choices made: what would be clicks with a mouse."""

    def press(self, target: Locator) -> None:
        self._reach(target)
        self.page.keyboard.press("Enter")
        self.pressed += 1

    def choose(self, option: Locator, among: Locator) -> None:
        """Choose one of a group of radio buttons: Tab goes to the group, the arrows go through it."""
        self._reach(among)
        self.page.keyboard.press("Space")
        for _ in range(among.count()):
            if option.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        self.pressed += 1

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def _reach(self, target: Locator) -> None:
        target.first.wait_for()
        for _ in range(MOST_TABS):
            if any(one.evaluate(_FOCUSED) for one in target.all()):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} times Tab did not reach {target}.")
