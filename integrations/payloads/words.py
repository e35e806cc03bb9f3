"""Words that stored payloads are full of, known to the compressor beforehand: a short payload then takes half the room.

Payloads are stored with the number of their words. Words of a number are never changed or removed: what was stored with them
could not be read any more. Better words get the next number.
"""

from collections.abc import Mapping

__all__ = ["CURRENT", "WORDS"]

CURRENT = 1
"""The words that new payloads are stored with."""

_FIRST = (
    b'{"$erased":true}{"passed":true}{"condition":"$event.stage.name = \\"{"type":"","code":"","status":"","state":"",'
    b'"kind":"","url":"https://","href":"$","message":"","note":"","notes":"","tags":[],"owner":"","assigned_to":"",'
    b'"pipelineKey":"agx","stageKey":"500","boxKey":"agx","creationTimestamp":179,"lastUpdatedTimestamp":179,'
    b'"lastStageChangeTimestamp":179,"contact_type_ids":["CUSTOMER"],"displayed_as":"","created_at":"2026-",'
    b'"updated_at":"2026-","deleted_at":null,"source_guid":"","main_address":{"address_line_1":"","address_line_2":"",'
    b'"address_type_id":"DELIVERY","is_main_address":true,"city":"","region":"","country_id":"GB","postal_code":""},'
    b'"main_contact_person":{"contact_person_type_ids":["CUSTOMER"],"telephone":"+44 ","idempotency_id":"",'
    b'"sales_invoice":{"contact_id":"","invoice_lines":[{"ledger_account_id":"","tax_rate_id":"","tax_amount":"",'
    b'"total_amount":"","net_amount":"","nominal_code":"","due_date":"2026-","exchange_rate":"1","contact":{"id":"",'
    b'"given_name":"","family_name":"","contact_name":"","company_key":"","emails":["phone":"+","phones":["address":{'
    b'"street":"","line1":"","city":"","postcode":"","country":"GB"},"organization":{"key":"","name":"","domain":".com"},'
    b'"fields":{"Currency":"GBP","Amount":"","Payment terms":"30 days","Sage invoice":"","position":179,'
    b'"won_at":"2026-11-21T00:00:00Z","stage":"Closed-Won","pipeline":"Sales","customer":{"results":[{"matched_by":"email"},'
    b'"created","updated_at":"2026-12-01T10:00:00.000Z","headers":{"content-type":"application/json","Idempotency-Key":"",'
    b'"box_key":"","fields":{"invoice_id":"","response":{"status":200,"body":{"key":"","items":[{"item":"","sku":"",'
    b'"product":"","category":"","description":"","quantity":"1","unit_price":"0.00","discount":"0","net":"0.00",'
    b'"tax":"0.00","tax_rate":"0.2","amount":"0.00","total":"0.00","currency":"EUR","currency":"USD","date":"2026-12-",'
    b'"date":"2026-11-","lines":[{"reference":"","customer_id":"","name":"","email":"@","request":{"method":"PUT",'
    b'"request":{"method":"POST","path":"/","query":{},"json":{"form":null,"headers":{},"far_id":"","request":null,'
    b'"response":{"results":[]}}{"id":"'
)

WORDS: Mapping[int, bytes] = {1: _FIRST}
"""By number; the likeliest stand last. At most 4 KB each."""
