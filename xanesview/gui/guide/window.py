"""The guide in a window of its own, beside the work: contents and search on the left, the page on the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.spoken_names import name_controls
from xanesview.gui.appearance.theme import icon, small_font
from xanesview.gui.dialogs.ready import make_ready
from xanesview.gui.guide.finding import Contents, Hits
from xanesview.gui.guide.page_view import PageView
from xanesview.gui.guide.pages import INDEX, WINDOW_SCHEME, place_of, read_pages
from xanesview.gui.guide.search import GuideIndex, Passage
from xanesview.gui.settings import Settings

_SIZE = QSize(920, 760)
_SMALL = QSize(640, 460)  # over the tables, so that the 3D view and the spectrum stay to be seen
_LEAST_BESIDE_PX = 420
_NARROW_PX = 600  # below it contents and page stand one above the other
_SIDE_PX, _SIDE_HEIGHT_PX = 240, 190
_SEARCH_AFTER_MS = 120


class GuideWindow(QWidget):
    """The pages of the guide; never modal, so that a reader can try what it says.

    Parameters
    ----------
    window
        The main window: the guide stands beside it and goes with it.
    settings
        Remember the guide's size and place.
    """

    place_wanted = Signal(str)  # "panel/quality", "action/export_figure": of the main window

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setObjectName("guide")
        self.setWindowTitle("Guide – xanesview")
        self._settings = settings
        self.pages = read_pages()
        self._titles = {name: page.title for name, page in self.pages.items()}
        self._index: GuideIndex | None = None  # made when something is first looked for
        self._past: list[tuple[str, int]] = []  # page and place of its scroll bar
        self._future: list[tuple[str, int]] = []
        self._build()
        make_ready(self)
        self._connect()
        self._place(window)
        self.go(INDEX)
        name_controls(self)

    # ---- building ----

    def _build(self) -> None:
        self.search = QLineEdit(placeholderText="Search the guide", objectName="guide-search")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("All words must stand in one paragraph or row (Ctrl+F); F3 goes to the next place")
        self.contents, self.hits = Contents(self.pages.values()), Hits()
        self.count = Label(objectName="guide-count", wordWrap=True)
        self.count.setFont(small_font())
        self.count.setProperty("muted", True)
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self.count)
        column.addWidget(self.hits, 1)
        self.side = QStackedWidget()
        self.side.addWidget(self.contents)
        self.side.addWidget(found)
        self.back = QToolButton(objectName="guide-back", toolTip="Back (Alt+Left)", enabled=False)
        self.forward = QToolButton(objectName="guide-forward", toolTip="Forward (Alt+Right)", enabled=False)
        top = QHBoxLayout()
        top.setSpacing(SPACING // 2)
        for widget in (self.back, self.forward, self.search):
            top.addWidget(widget)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(SPACING, SPACING, SPACING // 2, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(top)
        column.addWidget(self.side, 1)
        self.view = PageView()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.view)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.splitter)
        self._refresh_icons()

    def _connect(self) -> None:
        self._search_soon = QTimer(self, singleShot=True, interval=_SEARCH_AFTER_MS)
        self._search_soon.timeout.connect(self._find)
        self._theme_soon = QTimer(self, singleShot=True, interval=0)
        self._theme_soon.timeout.connect(self._apply_theme)
        self.search.textChanged.connect(lambda _text: self._search_soon.start())
        self.search.returnPressed.connect(lambda: self._step(1))
        self.contents.chosen.connect(self.go)
        self.hits.chosen.connect(self._show_hit)
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        self.view.anchorClicked.connect(self._follow)
        self.view.verticalScrollBar().valueChanged.connect(self._follow_reading)
        for keys, slot in (
            (QKeySequence.StandardKey.Find, self._begin_search),
            ("F1", self._go_home),
            ("F3", lambda: self._step(1)),
            ("Shift+F3", lambda: self._step(-1)),
            ("Alt+Left", self.go_back),
            ("Alt+Right", self.go_forward),
            ("Esc", self._escape),
            (QKeySequence.StandardKey.Close, self.close),
        ):
            QShortcut(QKeySequence(keys), self, slot)

    def _place(self, window: QWidget) -> None:
        """Where it was the last time; else beside the main window where the screen has room, else in the corner."""
        kept = self._settings.layout("guide")
        if kept is not None and self.restoreGeometry(kept):
            return
        screen, beside = window.screen().availableGeometry(), window.frameGeometry()
        room = screen.right() - beside.right()
        if room >= _LEAST_BESIDE_PX:
            size = QSize(min(_SIZE.width(), room), min(_SIZE.height(), screen.height()))
            self.setGeometry(QRect(QPoint(beside.right() + 1, max(beside.top(), screen.top())), size))
            return
        size = QSize(min(_SMALL.width(), screen.width()), min(_SMALL.height(), round(0.64 * screen.height())))
        corner = screen.bottomRight() - QPoint(size.width(), size.height())
        self.setGeometry(QRect(corner, size))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Contents beside the page, or above it where there is little width."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW_PX
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.splitter.orientation() != wanted or self.splitter.sizes()[0] == 0:
            self.splitter.setOrientation(wanted)
            side, whole = (_SIDE_HEIGHT_PX, self.height()) if narrow else (_SIDE_PX, self.width())
            self.splitter.setSizes([side, whole - side])

    def showEvent(self, event: QShowEvent) -> None:
        """Keys scroll the page at once."""
        super().showEvent(event)
        self.view.setFocus()

    # ---- reading ----

    def go(self, page: str, anchor: str = "") -> None:
        """Show a page, at a heading where an anchor is given; what was shown before can be gone back to."""
        if self.view.page is not None:
            self._past.append(self._here())
            self._future.clear()
        self._show(page)
        if anchor and self.view.go_to_heading(anchor):
            self.contents.follow(page, anchor)  # the last sections can't come to the top

    def go_back(self) -> None:
        """Show what was shown before."""
        self._go_through(self._past, self._future)

    def go_forward(self) -> None:
        """Show what was left by going back."""
        self._go_through(self._future, self._past)

    def _go_through(self, from_here: list[tuple[str, int]], to_there: list[tuple[str, int]]) -> None:
        if not from_here:
            return
        to_there.append(self._here())
        page, at = from_here.pop()
        self._show(page)
        self.view.verticalScrollBar().setValue(at)

    def _here(self) -> tuple[str, int]:
        return self.view.page.name, self.view.verticalScrollBar().value()

    def _show(self, page: str) -> None:
        if self.view.page is None or self.view.page.name != page:
            self.view.show_page(self.pages[page])
        self.back.setEnabled(bool(self._past))
        self.forward.setEnabled(bool(self._future))
        self._follow_reading()

    def _follow_reading(self) -> None:
        """Mark in the contents what is being read."""
        page = self.view.page
        if page is not None and page.headings:
            self.contents.follow(page.name, page.headings[self.view.heading_in_view()].anchor)

    def _follow(self, url: QUrl) -> None:
        """Go where a link leads: a page, a place of the main window, or out into the browser."""
        if url.scheme() == WINDOW_SCHEME:
            self.place_wanted.emit(url.path())
            return
        place = place_of(url.toString(), self.view.page.name)
        if place is not None and place[0] in self.pages:
            self.go(*place)
        elif url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)

    def _go_home(self) -> None:
        self.go(INDEX)

    # ---- searching ----

    def _begin_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _find(self) -> None:
        """List what the words in the field stand in, and mark them in the page."""
        words = self.search.text().strip()
        self.side.setCurrentIndex(1 if words else 0)
        self.view.mark_words(words)
        if not words:
            self.hits.clear()
            return
        if self._index is None:
            self._index = GuideIndex(list(self.pages.values()))
        found = self._index.find(words)
        self.hits.fill(found, self._titles, words)
        n_pages = len({passage.page for passage in found})
        self.count.setText(
            f"{counted(len(found), 'place')} on {counted(n_pages, 'page')}"
            if found
            else "Nothing found. Fewer or shorter words may do."
        )

    def _show_hit(self, passage: Passage) -> None:
        if self.view.page.name != passage.page:
            self._past.append(self._here())
            self._future.clear()
            self._show(passage.page)
        self.view.show_passage(passage, self.search.text())

    def _step(self, by: int) -> None:
        """Go to the next place; what was typed a moment ago is looked for first."""
        if self._search_soon.isActive():
            self._search_soon.stop()
            self._find()
        self.hits.step(by)

    def _escape(self) -> None:
        """End the search; without one, close."""
        if self.search.text():
            self.search.clear()
            self._search_soon.stop()
            self._find()
            self.view.setFocus()
        else:
            self.close()

    # ---- appearance ----

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "_theme_soon"):
            self._theme_soon.start()

    def _apply_theme(self) -> None:
        self._refresh_icons()
        self.view.apply_theme()
        self.hits.viewport().update()

    def _refresh_icons(self) -> None:
        self.back.setIcon(icon("back"))
        self.forward.setIcon(icon("forward"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember size and place; the keyboard goes back to the main window."""
        self._settings.set_layout("guide", self.saveGeometry())
        super().closeEvent(event)
        self.parentWidget().activateWindow()
