"""Files as real platforms and people write them, each kind in an account and market of its own, for one small home."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import unicodedata
import urllib.parse
from pathlib import Path
from typing import Any

from raceway.common.home import Home
from raceway.config.accounts import ACCOUNT_COLUMNS, Account
from raceway.config.init import init_home
from raceway.config.settings import Business, Night, Settings
from tests.models.awkward_mails import mails
from tests.models.awkward_web import lay_web
from tests.support.workbooks import workbook

AS_OF = dt.date(2026, 3, 21)


def lay_out(root: Path) -> Home:
    """A new home with all of these files in its inbox."""
    company = Company()
    for lay in (
        _shopify,
        _other_shops,
        _order_files,
        _words,
        _ads,
        _further_ads,
        _workbooks,
        _web,
        _people,
        lay_web,
        mails,
    ):
        lay(company)
    settings = Settings(
        business=Business(name="Awkward", zone="Asia/Ho_Chi_Minh", reporting_currency="VND"), night=Night(required=())
    )
    home = init_home(root, settings, company.accounts)
    home.exclusions.write_text("kind,value,reason\nemail,tester@example.com,test\n", encoding="utf-8")
    home.offline_codes.write_text(
        f"code,medium,valid_until\n{_apart('Hè26')},billboard,2026-03-31\nTET26,leaflet,2026-02-28\n", encoding="utf-8"
    )
    home.reasons.write_text("pattern,reason\nkhông cắm được hoa,useless\n", encoding="utf-8")
    for place, (data, at) in company.files.items():
        path = home.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        seconds = dt.datetime.fromisoformat(f"{at}T05:00:00+00:00").timestamp()
        os.utime(path, (seconds, seconds))
    return home


def lay_sources_without(home: Home, used: set[str]) -> None:
    """Puts the files of shops, web and mail tools and help desks that are not `used` into a home, with accounts in
    Viet Nam."""
    company = Company()
    for lay in (_order_files, lay_web, mails):
        lay(company)
    company.accounts = [account for account in company.accounts if account.source not in used]
    company.files = {place: file for place, file in company.files.items() if place.split("/")[0] not in used}
    with home.accounts.open("a", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ACCOUNT_COLUMNS, lineterminator="\n")
        for account in company.accounts:
            values = account.model_dump() | {"market": "VN"}
            table.writerow(
                {
                    key: "" if value is None else str(value).lower() if isinstance(value, bool) else value
                    for key, value in values.items()
                }
            )
    for place, (data, _) in company.files.items():
        path = home.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


class Company:
    """Accounts, and files by their place in the inbox with the day of their export."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.files: dict[str, tuple[bytes, str]] = {}

    def account(self, place: str, market: str, **more: Any) -> None:
        source, account = place.split("/")
        self.accounts.append(
            Account(
                **{"source": source, "account": account, "name": account, "market": market, "currency": "VND"}
                | {"time_zone": "Asia/Ho_Chi_Minh"} | more
            )
        )  # fmt: skip

    def put(self, place: str, content: str | bytes, at: str = "2026-03-12") -> None:
        assert place not in self.files
        self.files[place] = (content.encode() if isinstance(content, str) else content, at)


def _apart(text: str) -> str:
    """With its accents apart from their letters, as macOS writes them."""
    return unicodedata.normalize("NFD", text)


# ---------------------------------------------------------------- shops

_SHOPIFY = (
    "Name", "Email", "Financial Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code",
    "Discount Amount", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Notes",
    "Payment Method", "Payment Reference", "Refunded Amount", "Id", "Tags", "Source",
)  # fmt: skip


def _orders(*rows: dict[str, Any], ends: str = "\n") -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, _SHOPIFY, lineterminator=ends)
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _line(name: str, price: int, quantity: int = 1, item: str = "Áo", day: int = 5) -> dict[str, Any]:
    """A further line of an order."""
    at = f"2026-03-{day:02} 10:00:00 +0700"
    return {"Name": name, "Created at": at, "Lineitem quantity": quantity, "Lineitem name": item,
            "Lineitem price": f"{price}.00"}  # fmt: skip


def _order(name: str, subtotal: int, *, price: int = 0, refunded: int = 0, **more: Any) -> dict[str, Any]:
    """The first line of an order; `more` are further cells by their header, and what `_line` takes."""
    of_line = {key: more.pop(key) for key in ("quantity", "item", "day") if key in more}
    cells = {"Financial Status": "paid", "Currency": "VND", "Subtotal": f"{subtotal}.00", "Shipping": "0.00",
             "Taxes": "0.00", "Total": f"{subtotal}.00", "Discount Amount": "0.00",
             "Refunded Amount": f"{refunded}.00", "Id": f"5{name[1:]}", "Source": "web"}  # fmt: skip
    return _line(name, price or subtotal, **of_line) | cells | more


def _shopify(company: Company) -> None:
    shops = {"free": "FR", "paid-twice": "DE", "parts": "IT", "apart": "PT", "breaks": "CL", "unseen": "AR",
             "taxed": "LU", "cut": "ES", "one-name": "MT", "two-shops": "CY", "pay": "PH"}  # fmt: skip
    for shop, market in shops.items():
        more: dict[str, Any] = {"prices_include_vat": True, "vat_rate": "0.1"} if shop == "taxed" else {}
        more |= {"site": "pay.example"} if shop == "pay" else {}
        company.account(f"shopify/{shop}", market, history_start=dt.date(2025, 8, 1), **more)

    def put(place: str, text: str, at: str = "2026-03-12") -> None:
        company.put(f"shopify/{place}.csv", text, at)

    put(
        "free/orders_export", _orders(_order("#1", 120_000, **{"Discount Code": "SHIP", "Discount Amount": "25000.00"}))
    )
    for at, refunded in (("2026-03-06", 0), ("2026-03-08", 30_000)):
        paid = _order("#1", 150_000, price=45_000, quantity=2, refunded=refunded,
                      **{"Payment Method": "PayPal + gift_card", "Payment Reference": "c1 + c2"})  # fmt: skip
        put(f"paid-twice/{at}/orders_export", _orders(paid, _line("#1", 15_000, 4, "Tất")), at)
    put("parts/x/orders_export_1", _orders(_order("#1", 130_000, price=70_000)))
    put("parts/x/orders_export_2", _orders(_line("#1", 60_000, item="Mũ"), _order("#2", 50_000, day=6)))
    put("apart/orders_export", _orders(
        _order("#1", 200_000, Tags=_apart("Bom hàng")),
        _order("#2", 390_000, price=300_000, item=_apart("Thẻ quà tặng 300k"), day=6), _line("#2", 90_000, day=6),
    ))  # fmt: skip
    notes = ('ring "twice",\r\nleave at door\n', "a\r\n\r\nb")
    broken = [_order(f"#{n}", 50_000 + n * 10_000, Notes=note) for n, note in enumerate(notes, 1)]
    put("breaks/orders_export", "\ufeff" + _orders(*broken, ends="\r\n"))
    unseen = _orders(_order("#1", 100_000, refunded=35_000)).replace("Refunded Amount", "Refunded\u200b Amount")
    put("unseen/orders_export", unseen)
    for at, refunded in (("2026-03-06", 0), ("2026-03-08", 33_000)):
        put(f"taxed/{at}/orders_export", _orders(_order("#1", 110_000, refunded=refunded)), at)
    whole = _orders(_order("#1", 150_000, price=90_000), _line("#1", 60_000, item="Mũ"))
    put("cut/a/orders_export", whole, "2026-03-06")
    put("cut/b/orders_export", "".join(whole.splitlines(keepends=True)[:2]), "2026-03-08")
    put("one-name/orders_export", _orders(
        _order("#1", 10_000, Id="11", day=1, Email="a@example.com"), _order("#1", 30_000, Id="12", day=10, Email="c@example.com"),
    ))  # fmt: skip
    put("two-shops/a/orders_export", _orders(_order("#1", 20_000, Id="21", day=1)), "2026-03-11")
    put("two-shops/b/orders_export", _orders(_order("#1", 50_000, Id="22", day=10)), "2026-03-12")
    put("pay/orders_export", _orders(_order("#501", 80_000, Email="p@example.com")))


def _other_shops(company: Company) -> None:
    for place, market in {"woocommerce/list": "CH", "woocommerce/taxed": "GB", "woocommerce/phones": "IE",
                          "woocommerce/mails": "ZA", "woocommerce/test": "CZ", "tiktok_shop/mall": "AU",
                          "lazada/mall": "MY", "shopee/mall": "BR"}.items():  # fmt: skip
        taxed = {"prices_include_vat": True, "vat_rate": "0.1"} if place.endswith("taxed") else {}
        company.account(place, market, history_start=dt.date(2025, 8, 1), **taxed)
    head = (
        'Date,"Order #","N. Revenue (formatted)",Status,Customer,"Customer type",Product(s),"Items sold",Coupon(s),'
        '"Net Sales",Attribution\n'
    )
    sold = '2026-03-0{0} 10:00:00,10{0},"₫30,000",completed,X,new,1× Tee,1,,30000,Direct\n'
    back = '2026-03-07 10:00:00,103,"-₫30,000",refunded,X,new,1× Tee,-1,,-30000,Direct\n'
    company.put("woocommerce/list/orders.csv", head + "".join(sold.format(n) for n in range(1, 5)) + back)
    company.put(
        "woocommerce/taxed/orders.csv",
        head + '2026-03-01 10:00:00,101,"₫88,000",completed,A B,new,1× Mug,1,,80000,Direct\n'
        '2026-03-02 10:00:00,100,"₫44,000 ₫0",completed,C D,returning,1× Cap,0,,-40000,Unknown\n',
    )
    buyers = {
        "phones": [("", "+353 (0)1 555 0100"), ("", "01 555 0100")],
        "mails": [("ann@example.com", ""), *((f'"{mail}"', "") for mail in (
            "ann@example.com\u00a0", "\u200bann@example.com", "ann@example.com\t", "\ufeffAnn@example.com"))],
        "test": [('"tester@example.com\t"', ""), ("real@example.com", "")],
    }  # fmt: skip
    columns = (
        "order_id,order_number,order_date,status,order_total,cart_discount,order_currency,billing_email,billing_phone,"
        "Product Item 1 Name,Product Item 1 SKU,Product Item 1 Quantity,Product Item 1 Subtotal\n"
    )
    for shop, known_by in buyers.items():
        rows = [
            f"9{n},{n},2026-03-0{n} 10:00:00,completed,100000,0,VND,{mail},{phone},Tee,T,1,100000\n"
            for n, (mail, phone) in enumerate(known_by, 1)
        ]
        company.put(f"woocommerce/{shop}/order_export_2026-03-12.csv", columns + "".join(rows))
    company.put(
        "tiktok_shop/mall/orders.csv",
        "Order ID,Order Status,Product Name,Quantity,SKU Unit Original Price,SKU Seller Discount,Order Amount,Created Time\n"
        "Platform unique order ID.,Current order status.,Platform product name.,Sold quantity.,1 SKU original price.,"
        "Total seller discount.,Order total amount.,Order created time.\n"
        "900000000000000001,Completed,Mug,2,50000,10000,90000,03/03/2026 10:00:00\n",
    )
    company.put(
        "lazada/mall/orders.csv",
        "orderItemId,orderNumber,createTime,status,sellerSku,itemName,unitPrice,paidPrice,sellerDiscountTotal,shippingFee\n"
        "1,9001,03 Mar 2026 10:00,delivered,A,Cup,100000.00,80000.00,-20000.00,0.00\n",
    )
    company.put(
        "shopee/mall/Order.all.20260301_20260331.csv",
        "Mã đơn hàng,Ngày đặt hàng,Trạng Thái Đơn Hàng,Tên sản phẩm,Giá gốc,Tổng số tiền được người bán trợ giá,Số lượng,"
        "Tổng số tiền Người mua thanh toán,Mã giảm giá của Shop,Tổng số tiền người mua thanh toán\n"
        "O1,2026-03-01 10:00,Hoàn thành,Cốc,100000,10000,2,190000,20000,175000\n"
        "O1,2026-03-01 10:00,Hoàn thành,Đĩa,30000,0,1,30000,20000,175000\n",
    )


def _order_files(company: Company) -> None:
    """Lists without items, amounts with tax or without, carts that were left, refunds stated or not."""
    for place, market in {"orders_file/list": "IS", "orders_file/net": "LV", "orders_file/items": "LT", "amazon/us": "UY",
                          "bigcommerce/shop": "BO", "magento/shop": "PY", "prestashop/shop": "EC",
                          "nhanh_vn/shop": "KH"}.items():  # fmt: skip
        taxed = {"prices_include_vat": True, "vat_rate": "0.1"} if place.endswith("/list") else {}
        company.account(place, market, history_start=dt.date(2025, 8, 1), **taxed)
    # a list with VAT in its total: 330,000 with shipping of 30,000; B was cancelled, C half given back
    company.put(
        "orders_file/list/orders.csv",
        "Order ID,Date,Status,Total,Shipping,Discount,Refunded\n"
        "A,2026-03-01 10:00,Paid,330000,30000,22000,0\nB,2026-03-02 10:00,Cancelled,110000,0,0,0\n"
        "C,2026-03-03 10:00,Paid,220000,0,0,110000\n",
    )
    # the same number as the other list's, tax on top, nothing said of refunds and discounts
    company.put(
        "orders_file/net/orders.csv", "Order ID,Date,Total,Tax,Shipping\nA,2026-03-01 10:00,130000,10000,20000\n"
    )
    # rows with amounts of their own beside a total; a second row without one is no line
    company.put(
        "orders_file/items/orders.csv",
        "Order ID,Date,Product,SKU,Qty,Unit Price,Line Total,Total,Email\n"
        "A,2026-03-01 10:00,Mug,M,2,50000,,150000,ann@example.com\nA,2026-03-01 10:00,Cup,C,1,,50000,150000,\n"
        "A,2026-03-01 10:00,Note,,,,,150000,\n",
    )
    head = (
        "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
        "sales-channel\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\titem-tax\t"
        "shipping-price\titem-promotion-discount\tship-country\n"
    )
    sold = "{0}\t\t2026-03-0{1}T20:00:00+00:00\t2026-03-09T00:00:00+00:00\t{2}\tAmazon\t{3}\tMug\tM\tB0{4}\t\t{5}\tVND\t{6}\t0\t0\t{7}\tUY\n"
    company.put(
        "amazon/us/orders.txt",
        head
        + sold.format("111-0000001-0000001", 1, "Shipped", "Amazon.com", 1, 3, "90000", "10000")
        + sold.format("111-0000001-0000001", 1, "Shipped", "Amazon.com", 2, 1, "40000", "")
        + sold.format("111-0000001-0000002", 2, "Pending", "Amazon.com", 1, 1, "", "")
        + sold.format("111-0000001-0000003", 3, "Cancelled", "Amazon.com", 1, 0, "", "")
        + sold.format("S01-0000001-0000004", 4, "Shipped", "Non-Amazon US", 1, 1, "70000", ""),
    )
    # 130,000 less promotions of 10,000 less fees; the second piece came back a week later. Tax and shipping are passed on
    head = (
        "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\t"
        "order-id\tmarketplace-name\tamount-type\tamount-description\tamount\tposted-date\tposted-date-time\tsku\n"
    )
    amounts = [("Order", "ItemPrice", "Principal", "130000", "03"), ("Order", "ItemPrice", "Shipping", "9000", "03"),
               ("Order", "ItemPrice", "Tax", "13000", "03"), ("Order", "Promotion", "Principal", "-10000", "03"),
               ("Order", "ItemFees", "Commission", "-18000", "03"), ("Refund", "ItemPrice", "Principal", "-40000", "10"),
               ("Refund", "ItemFees", "RefundCommission", "2000", "10")]  # fmt: skip
    company.put(
        "amazon/us/settlement.txt",
        head
        + "777\t2026-03-01 00:00:00 UTC\t2026-03-11 00:00:00 UTC\t2026-03-12 00:00:00 UTC\t86000\tVND"
        + "\t" * 9
        + "\n"
        + "".join(
            f"777\t\t\t\t\tVND\t{kind}\t111-0000001-0000001\tAmazon.com\t{what}\t{said}\t{amount}\t2026-03-{day}\t"
            f"2026-03-{day} 10:00:00 UTC\tM\n"
            for kind, what, said, amount, day in amounts
        ),
    )
    # what Stripe charged is no order
    company.account("stripe/pay", "BO")
    company.put(
        "stripe/pay/balance.csv",
        "balance_transaction_id,created_utc,reporting_category,currency,gross,fee,net,payment_metadata[order_id]\n"
        "txn_1,2026-03-01 03:05:00,charge,vnd,90000.00,2900.00,87100.00,101\n"
        "txn_2,2026-03-02 03:05:00,payout,vnd,-87100.00,0.00,-87100.00,\n",
    )
    company.put(
        "bigcommerce/shop/orders.csv",
        "Order ID,Order Status,Order Date,Subtotal (inc tax),Subtotal (ex tax),Tax Total,Shipping Cost (inc tax),"
        "Coupon Value,Order Total (inc tax),Refund Amount,Customer Email\n"
        "101,Completed,2026-03-01,110000,100000,10000,0,20000,90000,0,ann@example.com\n"
        "102,Incomplete,2026-03-02,55000,50000,5000,0,0,55000,0,bo@example.com\n",
    )
    company.put(
        "magento/shop/orders.csv",
        '"ID","Purchase Point","Purchase Date","Bill-to Name","Ship-to Name","Grand Total (Base)",'
        '"Grand Total (Purchased)","Status","Subtotal","Shipping and Handling","Total Refunded","Customer Email"\n'
        '"000000001","Main","2026-03-01 10:00:00","A","A","120000.0000","120000.0000","complete","100000.0000","20000.0000","30000.0000","ann@example.com"\n'
        '"000000002","Main","2026-03-02 10:00:00","B","B","60000.0000","60000.0000","pending_payment","60000.0000","0","","b@example.com"\n'
        '"000000003","Main","2026-03-03 10:00:00","C","C","50000.0000","50000.0000","canceled","50000.0000","0","","c@example.com"\n',
    )
    company.put(
        "prestashop/shop/order.csv",
        "ID;Reference;New client;Delivery;Customer;Total;Payment;Status;Date\n"
        "7;XKBKNABJK;1;Ecuador;A. ANN;₫80000.00;Bank wire;Payment accepted;2026-03-01 10:00:00\n"
        "8;OHSATSERP;0;Ecuador;B. BO;₫50000.00;Bank wire;Payment error;2026-03-02 10:00:00\n"
        "9;UOYEVOLI;0;Ecuador;B. BO;₫40000.00;Bank wire;Canceled;2026-03-03 10:00:00\n",
    )
    company.put(
        "nhanh_vn/shop/don_hang.csv",
        "ID,Ngày tạo,Trạng thái,Tên sản phẩm,Số lượng,Giá bán,Chiết khấu,Tổng tiền,Phí ship báo khách,Điện thoại\n"
        "1,05/03/2026 10:00,Thành công,Áo,2,150.000,20.000,310.000,30.000,0912345678\n"
        "2,06/03/2026 10:00,Khách hủy,Mũ,1,90.000,0,90.000,0,0912345679\n",
    )


def _words(company: Company) -> None:
    company.account("shopify/poster", "BA", history_start=dt.date(2025, 8, 1))
    codes = ("HÈ26", "TET26", "SOMEBODY")
    company.put("shopify/poster/orders_export.csv", _orders(
        *(_order(f"#{n}", n * 10_000, **{"Discount Code": code}) for n, code in enumerate(codes, 1))
    ))  # fmt: skip
    company.account("haravan/why", "AL", history_start=dt.date(2025, 8, 1))
    head = "Mã đơn hàng,Ngày đặt hàng,Trạng thái,Lý do hủy,Tên sản phẩm,Số lượng,Đơn giá\n"
    why = {"H1": "Khách ĐỔI Ý, gọi 0901234567", "H2": "", "H3": "Mẹ không cho"}
    rows = [f"{name},05/03/2026 10:00,Đã hủy,{said!r},Bình,1,50000\n".replace("'", '"') for name, said in why.items()]
    company.put("haravan/why/orders.csv", head + "".join(rows) + "H4,05/03/2026 10:00,Hoàn tất,,Bình,1,50000\n")
    company.account("community/forum", "BA")
    company.put("community/forum/readings.csv", "Ngày,Thành viên,Thành viên hoạt động\n04/03/2026,1200,310\n")
    company.account("community/group", "BA")
    company.put("community/group/readings.csv", "day,members,active_members\n2026-03-04,300,\n")
    company.put("community/forum/topics.csv", (
        "topic_id,created_at,first_answer_at\nT1,2026-03-04T09:00:00+07:00,2026-03-05T09:00:00+07:00\nT2,2026-03-04 10:00,\n"
    ))  # fmt: skip
    company.account("gatherings/club", "BA")
    company.put("gatherings/club/Attendee Report.csv", (
        "Order #,Order Date,First Name,Email,Event Name,Attendee #,Attendee Status,Event Start Date,Checked in?\n"
        "1,2026-03-01 10:00,An,an@example.com,Chạy bộ,11,Checked In,2026-03-05 19:00,Yes\n"
        "1,2026-03-01 10:00,Ben,ben@example.com,Chạy bộ,12,Attending,2026-03-05 19:00,\n"
        "2,2026-03-01 10:00,Chi,chi@example.com,Chạy bộ,13,Not Attending,2026-03-05 19:00,\n"
        "3,2026-03-01 10:00,Dũng,d@example.com,Live,14,Attending,2026-03-06 19:00,\n"
    ))  # fmt: skip
    company.account("reason_survey/carts", "AL")
    company.put("reason_survey/carts/answers.csv", (
        "answer_id,answered_at,what,reason,email\nA-1,2026-03-04 23:30,bỏ giỏ hàng,Phí vận chuyển cao,\n"
        "A-2,2026-03-05,return,Bình không cắm được hoa,\nA-3,2026-03-05,cart_left,,\n"
    ))  # fmt: skip


# ---------------------------------------------------------------- ads

_CAMPAIGNS = (
    "Campaign report\n1 March 2026 - 20 March 2026\n"
    "Day,Campaign status,Campaign,Currency code,Campaign type,Clicks,Impr.,Cost,Conversions\n"
)


def _campaign(day: int, name: str, clicks: int, cost: str, more: str = "Search,1", currency: str = "VND") -> str:
    kind, conversions = more.split(",")
    return f'2026-03-{day:02},Enabled,"{name}",{currency},{kind},{clicks},900,{cost},{conversions}\n'


def _ads(company: Company) -> None:
    for account, market in {"point": "UA", "total": "DK", "again": "SE", "no-keywords": "NO", "cut": "FI",
                            "empty": "PL", "sep": "HU", "usd": "CA"}.items():  # fmt: skip
        more = {"currency": "USD", "time_zone": "America/New_York"} if account == "usd" else {}
        company.account(f"google_ads/{account}", market, conversions_are_purchases=account == "again", **more)

    def put(place: str, text: str, at: str = "2026-03-12") -> None:
        company.put(f"google_ads/{place}.csv", text, at)

    put("point/r", _CAMPAIGNS + _campaign(3, "Brand", 40, "140.000") + _campaign(4, "Brand", 30, "80.000"))
    put("total/r", _CAMPAIGNS + _campaign(3, "Total: Shoes", 40, "400000") + _campaign(3, "Brand", 30, "90000"))
    put(
        "again/old",
        _CAMPAIGNS + _campaign(3, "X", 9, "100000") + _campaign(3, "Y", 5, "50000", "Search,0"),
        "2026-03-05",
    )
    again = _campaign(3, "X", 9, "120000", "Search,4") + _campaign(3, "Y", 5, "50000", "Search,2").replace(
        "Enabled", "Removed"
    )
    put("again/new", _CAMPAIGNS + again)
    put("no-keywords/campaigns", _CAMPAIGNS + _campaign(3, "X", 10, "90000")
        + _campaign(3, "PM", 8, "60000", "Performance Max,0") + _campaign(4, "X", 20, "50000"))  # fmt: skip
    put("no-keywords/keywords",
        "Search keyword report\n1 March 2026 - 20 March 2026\nDay,Keyword status,Keyword,Match type,Campaign,Ad group,Impr.,"
        "Currency code,Cost,Clicks,Conversions\n2026-03-03,Enabled,shoes,Broad match,X,G,800,VND,85000,9,1.00\n")  # fmt: skip
    whole = _CAMPAIGNS + "".join(
        _campaign(3, name, 10, cost) for name, cost in (("X", "10000"), ("Y", "20000"), ("Z", "40000"))
    )
    for account in ("cut", "empty"):
        put(f"{account}/old", whole, "2026-03-05")
    put("cut/new", whole[: whole.index('"Z"') + 2])
    put("empty/new", _CAMPAIGNS)
    put("sep/r", "sep=;\n" + whole.replace(",", ";"))
    put(
        "usd/r",
        _CAMPAIGNS + _campaign(3, "X", 10, "12.00", currency="USD") + _campaign(10, "X", 10, "12.00", currency="USD"),
    )
    company.account("meta_ads/names", "RO")
    company.account("meta_ads/map", "IN")
    ads = "Day,Campaign name,Ad set name,Ad name,Impressions,Amount spent (VND),Link clicks\n"
    same = "2026-03-04,C,S,A,1000,10000,5\n"
    company.put("meta_ads/names/r.csv", ads + same + same + "2026-03-04,C,S,A,2000,35000,6\n")
    company.put("meta_ads/map/r.csv", ads + same.replace(",C,", ",Hè 2026,"))
    company.account("plan/company", "VN")
    rates = "".join(
        f"2026-{day},USD,VND,{rate}\n" for day, rate in (("02-27", 25000), ("03-09", 26000), ("03-16", 26000))
    )
    company.put("plan/company/fx_rates.csv", "rate_date,currency,to_currency,rate\n" + rates, "2026-03-16")
    company.put(
        "plan/company/campaign_map.csv",
        "source,account,campaign,utm_campaign\nmeta_ads,map,Hè 2026,hè-2026\n",
        "2026-03-16",
    )


def _further_ads(company: Company) -> None:
    """Platforms that begin like ads_file: what stands around their rows, and what no day may bear."""
    for place, market in {"microsoft_ads/footer": "GR", "linkedin_ads/summed": "HR", "amazon_ads/weekly": "SI",
                          "ads_file/any": "BG", "ads_file/other": "BG"}.items():  # fmt: skip
        company.account(place, market, conversions_are_purchases=place == "microsoft_ads/footer")
    head = '"Report Name: R"\r\n"Report Aggregation: {}"\r\n"Rows: 2"\r\n\r\n"{}","Campaign name","Campaign type",'
    names = '"Impressions","Clicks","Spend","Conversions","Revenue"\r\n'
    rows = '"3/4/2026","X","Audience","900","8","90000","2","300000"\r\n"3/5/2026","X","Audience","900","4","60000","0","0"\r\n'
    footer = '"©2026 Microsoft Corporation. All rights reserved. "\r\n'
    company.put("microsoft_ads/footer/r.csv", head.format("Daily", "Gregorian date") + names + rows + footer)
    # Microsoft's interface names the day of a weekly report as it names that of a daily one
    company.put(
        "microsoft_ads/footer/weekly.csv", head.format("Weekly", "TimePeriod") + names + rows + footer, "2026-03-14"
    )

    above = "Campaign Performance Report (in UTC)\n\nReport Start: March 2, 2026, 12:00 AM\nReport End: March 4, 2026, 11:59 PM\n\n"
    columns = "Start Date (in UTC)\tCampaign Name\tTotal Spent\tImpressions\tClicks\tClicks to Landing Page\n"
    daily = "3/2/2026\tB2B\t30000\t100\t9\t3\n3/3/2026\tB2B\t20000\t100\t9\t2\n"
    for name, text, at in (
        ("daily", daily, "2026-03-06"),
        ("summed", "3/2/2026\tB2B\t50000\t200\t18\t5\n", "2026-03-14"),
    ):
        company.put(f"linkedin_ads/summed/{name}.csv", b"\xff\xfe" + (above + columns + text).encode("utf-16-le"), at)

    sales = "Campaign Name,Impressions,Clicks,Spend,7 Day Total Sales ,7 Day Total Orders (#)\n"
    company.put("amazon_ads/weekly/daily.csv", "Date," + sales + '"Mar 04, 2026",Shoes,1000,10,40000,120000,2\n')
    company.put("amazon_ads/weekly/summary.csv",
                "Start Date,End Date," + sales + '"Mar 02, 2026","Mar 08, 2026",Shoes,7000,70,280000,0,0\n')  # fmt: skip

    told = "day,campaign,channel,impressions,clicks,spend,purchases"
    company.put("ads_file/any/with.csv", told + ",purchase value\n2026-03-04,A,paid_social,10,1,50000,1,200000\n"
                "2026-03-05,A,paid_social,10,1,30000,,\n2026-03-05,B,,10,<5,20000,,\nTotal,,,30,,100000,,\n")  # fmt: skip
    company.put("ads_file/other/without.csv", told + "\n2026-03-06,A,paid_social,10,1,70000,1\n", "2026-03-13")


def _workbooks(company: Company) -> None:
    for account, market in {"merged": "TR", "sheets": "TW", "total": "EE"}.items():
        company.account(f"tiktok_ads/{account}", market)
    head = [
        "By Day",
        "Campaign name",
        "Ad group name",
        "Ad name",
        "Currency",
        "Cost",
        "Impressions",
        "Clicks (destination)",
    ]

    def ad(day: dt.datetime | None, name: str, cost: int) -> list[Any]:
        return [day, name, "G", "A", "VND", cost, 1000, 10]

    third = [ad(dt.datetime(2026, 3, 3), "X", 10_000), ad(None, "Y", 20_000), ad(None, "Z", 40_000)]
    company.put("tiktok_ads/merged/r.xlsx", workbook({"Report": [head, *third]}, merged="A2:A4"))
    months = {
        "Feb": [head, ad(dt.datetime(2026, 2, 27), "X", 10_000)],
        "Mar": [head, ad(dt.datetime(2026, 3, 2), "X", 25_000)],
    }
    company.put("tiktok_ads/sheets/r.xlsx", workbook(months))
    rows = "2026-03-03,Total of 3 sizes,G,A,VND,45000,1000,10\n2026-03-03,X,G,A,VND,5000,1000,10\n"
    company.put("tiktok_ads/total/r.csv", ",".join(head) + "\n" + rows + "Total of 2 results,-,-,-,VND,50000,2000,20\n")
    company.account("kiotviet/hanoi", "VN", history_start=dt.date(2025, 8, 1))
    columns = ["Chi nhánh", "Mã hóa đơn", "Thời gian", "Mã trả hàng", "Trạng thái", "Kênh bán", "Mã hàng", "Tên hàng",
               "Số lượng", "Đơn giá", "Thành tiền", "Mã khách hàng"]  # fmt: skip
    invoices = [
        ["HN", f"HD{n}", dt.datetime(2026, 3, 5, 9 + n), None, _apart(status), _apart("Bán trực tiếp"), "S1", "Áo", 1, price,
         price, f"KH{n}"]
        for n, (status, price) in enumerate((("Hoàn thành", 110_000), ("Đã hủy", 70_000), ("Yêu cầu hủy", 20_000)), 1)
    ]  # fmt: skip
    company.put(
        "kiotviet/hanoi/DanhSachChiTietHoaDon_1.xlsx", workbook({"Sheet1": [[_apart(c) for c in columns], *invoices]})
    )


# ---------------------------------------------------------------- sites

_COUNTRIES = {"JP": "Japan", "KR": "South Korea", "ID": "Indonesia", "PH": "Philippines", "SG": "Singapore",
              "HK": "Hong Kong", "IN": "India", "TH": "Thailand", "NL": "Netherlands", "NZ": "New Zealand"}  # fmt: skip


def _event(site: str, market: str, name: str, at: str, url: str = "", came: str = "", **more: Any) -> str:
    """A line of GA4's export; `at` is local, `url` what follows https://."""
    moment = int(dt.datetime.fromisoformat(f"2026-03-{at}+07:00").timestamp() * 1_000_000)
    texts = {"page_location": f"https://{url}" if url else "", "page_referrer": came, "link_url": more.get("link", "")}
    params = [{"key": "ga_session_id", "value": {"int_value": "1"}}]
    params += [{"key": key, "value": {"string_value": text}} for key, text in texts.items() if text]
    if "engaged" in more:
        params.append({"key": "engagement_time_msec", "value": {"int_value": str(more["engaged"])}})
    params += [{"key": key, "value": {"string_value": text}} for key, text in more.get("fields", {}).items()]
    event = {
        "event_date": f"202603{at[:2]}", "event_timestamp": str(moment), "event_name": name, "event_params": params,
        "event_bundle_sequence_id": str(more.get("bundle", moment % 99_991)),
        "user_pseudo_id": f"{site}-{more.get('device', '')}", "user_first_touch_timestamp": str(moment), "platform": "WEB",
        "device": {"category": "mobile", "web_info": {"browser": "Chrome", "hostname": url.partition("/")[0]}},
        "geo": {"country": _COUNTRIES[market]},
    }  # fmt: skip
    if "order" in more:
        event["ecommerce"] = {"transaction_id": more["order"]}
    return json.dumps(event, ensure_ascii=False) + "\n"


def _web(company: Company) -> None:
    def site(name: str, market: str, *events: tuple[Any, ...], day: str = "05", at: str = "2026-03-10") -> None:
        if not any(a.account == name and a.source == "ga4" for a in company.accounts):
            company.account(f"ga4/{name}", market, site=f"{name}.example")
        lines = [_event(name, market, *event[:4], **(event[4] if len(event) > 4 else {})) for event in events]
        company.put(f"ga4/{name}/{at}/events_202603{day}.jsonl", "".join(lines), at)

    view = "page_view"
    organic = {"source": "google", "medium": "organic", "campaign": "(organic)"}
    site("click", "JP", (view, "05T10:00:00", "click.example/?gclid=abc", "", {"fields": organic}))
    loads = [("file_download", "05T10:00:20", "bundle.example/", "", {"bundle": 2, "link": f"https://bundle.example/{n}.pdf"})
             for n in "ab"]  # fmt: skip
    first = (view, "05T10:00:00", "bundle.example/", "")
    site("bundle", "KR", first, *loads)
    site("bundle", "KR", *reversed(loads), first, at="2026-03-11")
    site("late", "ID", (view, "05T10:00:00", "late.example/", ""),
         ("user_engagement", "05T10:00:20", "late.example/", "", {"engaged": 18_000}))  # fmt: skip
    site("late", "ID", ("user_engagement", "08T09:00:00", "late.example/", "", {"engaged": 6_000}), day="08")
    thanks = "pay.example/thanks"
    site("pay", "PH", (view, "05T09:54:00", "pay.example/", ""), (view, "05T10:00:00", thanks, "https://www.paypal.com/pay"),
         ("purchase", "05T10:00:10", thanks, "", {"order": "#501"}), ("purchase", "05T10:01:10", thanks, "", {"order": "#501"}))  # fmt: skip
    site(
        "own",
        "SG",
        (view, "05T10:00:00", "own.example/", ""),
        (view, "05T10:02:00", "own-shop.example/", "https://own.example/"),
    )
    site("person", "HK", (view, "05T10:00:00", "person.example/?utm_source=newsletter&utm_medium=email", ""))
    site("person", "HK", (view, "06T10:00:00", "person.example/", "https://www.google.com/"), day="06")
    named = urllib.parse.quote(_apart("hè-2026"))
    site(
        "map",
        "IN",
        (view, "05T10:00:00", f"map.example/?utm_source=partner&utm_medium=banner&utm_campaign={named}", ""),
    )
    site("below", "TH", (view, "05T10:00:00", "www.below.example/", ""),
         (view, "05T10:02:00", "checkout.below.example/", "https://www.below.example/"))  # fmt: skip
    site("braid", "NL", (view, "05T10:00:00", "braid.example/?gad_source=1&gbraid=0AAAA", "https://www.google.com/"),
         (view, "05T11:00:00", "braid.example/?wbraid=Cjk", "", {"device": "b"}))  # fmt: skip
    direct = {"source": "(direct)", "medium": "(none)", "campaign": "summer"}
    site("hosts", "NZ", (view, "05T10:00:00", "hosts.example/", "https://docs.google.com/"),
         (view, "05T10:00:00", "hosts.example/", "https://accounts.google.com/", {"device": "b"}),
         (view, "05T10:00:00", "hosts.example/", "", {"device": "c", "fields": direct}))  # fmt: skip


# ---------------------------------------------------------------- lists, mails, tickets, tills


def _people(company: Company) -> None:
    company.account("hubspot/crm", "MX")
    head = "Record ID,Email,Phone Number,Lifecycle Stage,Create Date,Became a Lead Date,Merged Contact IDs\n"
    row = "{0},{1}@example.com,,Lead,2026-02-{2} 10:00,2026-02-{3} 10:00,{4}\n"
    for at, rows in {
        "2026-03-02": [(11, "x", 10, 10, ""), (12, "y", 12, 12, ""), (13, "z", 15, 15, "")],
        "2026-03-05": [(12, "y", 12, 10, "11"), (13, "z", 15, 15, "")],
        "2026-03-09": [(13, "z", 15, 10, "12")],
    }.items():
        name = f"hubspot/crm/hubspot-crm-exports-all-contacts-{at}.csv"
        company.put(name, head + "".join(row.format(*cells) for cells in rows), at)
    company.account("mailchimp/list", "BE")
    columns = '"Email Address",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,LEID,EUID'
    since = "2026-02-10 02:00:00"

    def members(names: str, changed: str = since) -> str:
        return "".join(f'{n}@list.example,2,"{changed}",,"{changed}",,"{changed}",1,{n}\n' for n in names)

    for at, subscribed, left in (
        ("2026-03-02", members("abc"), members("d").replace("\n", ',"2026-02-20 02:00:00"\n')),
        ("2026-03-10", members("ab") + members("d", "2026-03-08 02:00:00"), ""),
    ):
        folder = f"mailchimp/list/audience_export_{at.replace('-', '')}"
        company.put(f"{folder}/subscribed_members_export_x.csv", f"{columns}\n{subscribed}", at)
        company.put(f"{folder}/unsubscribed_members_export_x.csv", f"{columns},UNSUB_TIME\n{left}", at)
    company.account("klaviyo/mail", "AT")
    company.put(
        "klaviyo/mail/Campaigns_2026-03-10.csv",
        "Campaign Name,Subject,List,Send Time,Total Recipients,Unique Opens,Unique Apple Privacy Opens,Total Opens,Unique Clicks,"
        "Total Clicks,Unsubscribes,Successful Deliveries,Bounces,Campaign ID,Campaign Channel\n"
        "N,S,L,2026-03-03 09:00:00,110.0,70.0,30.0,90.0,10.0,12.0,2.0,100.0,10.0,kAAA,Email\n",
    )
    profiles = "".join(f"{n}@mail.example,0{n},SUBSCRIBED,2026-02-02 09:00:00,\n" for n in "ab")
    company.put(
        "klaviyo/mail/profiles_2026-03-10.csv",
        "Email,Klaviyo ID,Email Marketing Consent,Email Marketing Consent Timestamp,Email Suppressions Timestamp\n"
        + profiles,
    )
    company.put(
        "klaviyo/mail/email_activity_20260310.csv",
        "email,event,occurred_at,campaign_id,is_machine\na@mail.example,open,2026-03-03 09:00:05,kAAA,true\n"
        "b@mail.example,click,2026-03-03 10:00:00,kAAA,false\n",
    )
    company.account("zendesk/help", "IL", time_zone="America/New_York")
    company.put(
        "zendesk/help/report.csv",
        "Id,Requester email,Tags,Status,Via,Created at,Updated at,Solved at,Satisfaction Score\n"
        "1,a@help.example,,Solved,Mail,2026-03-08 01:30,2026-03-08 03:30,2026-03-08 03:30,\n",
    )
    company.account(
        "square/till", "US", time_zone="America/New_York", currency="USD", history_start=dt.date(2025, 8, 1)
    )
    sold = "{0},{1},Eastern Time (US & Canada),None,Shoe,1.0,,${2},$0.00,${2},$0.00,T{2},Payment,,,Physical Good\n"
    sales = (("07", "23:30:00", "1.00"), ("08", "01:59:00", "3.00"), ("08", "03:01:00", "5.00"), ("08", "23:59:00", "7.00"),
             ("09", "00:00:00", "16.00"))  # fmt: skip
    company.put(
        "square/till/items-2026-03-07-2026-03-10.csv",
        "Date,Time,Time Zone,Category,Item,Qty,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type,Customer ID,"
        "Customer Reference ID,Itemization Type\n"
        + "".join(sold.format(f"2026-03-{day}", *more) for day, *more in sales),
    )
