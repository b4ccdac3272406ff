"""Words that stand near companies: what speaks for a name that may stand for something else.

English, German, French, Spanish, Italian, Portuguese, Chinese and Japanese, in one list, as a tagger is told no
language: left out is what is an ordinary word in another of them (`actions`, `fusion`, `utile`).
"""

from __future__ import annotations

import re

from site_gen.entities.matching.ambiguous_names import word_set

NEAR = 80  # characters
_WORDS = word_set(
    "company companies share shares stock stocks shareholder shareholders investor investors profit profits revenue"
    " revenues sales earnings quarterly ceo chairman spokesman spokeswoman spokesperson subsidiary merger takeover"
    " customer customers product products maker brand brands business firm firms airline airlines bank retailer giant"
    " supplier provider software launch market billion analyst analysts employees workers"
    # German
    " unternehmen konzern konzerns konzernchef firma firmen aktie aktien anleger umsatz umsätze gewinn quartal vorstand"
    " vorstandschef vorstandsvorsitzende vorstandsvorsitzender geschäftsführer geschäftsführerin aufsichtsrat sprecher"
    " sprecherin tochterfirma tochtergesellschaft übernahme übernimmt kunden produkte hersteller anbieter zulieferer"
    " mitarbeiter mitarbeitern beschäftigte beschäftigten hauptsitz börse milliarden fluggesellschaft händler marke"
    # French
    " entreprise entreprises société sociétés groupe filiale filiales actionnaire actionnaires investisseurs bénéfice"
    " bénéfices affaires ventes pdg rachat rachète clientèle produits fabricant fabricants marques fournisseur"
    " fournisseurs salariés employés bourse milliards compagnie constructeur logiciel logiciels trimestre"
    # Spanish
    " empresa empresas compañía compañías acciones accionista accionistas inversores inversionistas ganancias"
    " beneficios ingresos ventas portavoz adquisición clientes productos fabricante fabricantes marca marcas"
    " proveedor proveedores empleados trabajadores bolsa mercado aerolínea aerolíneas negocio negocios"
    # Italian, Portuguese
    " azienda aziende società gruppo azioni azionisti ricavi clienti prodotti produttore marchio dipendenti borsa"
    " miliardi fatturato acquisizione companhia ações acionistas lucro receita vendas produtos funcionários bilhões"
)
_STEMS = ("acqui", "manufactur", "corporat", "technolog", "launch", "headquarter", "aktionär", "adqui", "tecnolog")
_HAN = re.compile(
    "公司|集团|集團|企业|企業|股价|股價|股份|股东|股東|上市|收购|收購|营收|營收|董事长|董事長|总裁|總裁|首席执行官|产品|產品"
    "|客户|客戶|品牌|制造商|製造商|供应商|供應商|银行|銀行|株式|社長|子会社|買収|売上|メーカー|製品|顧客"
)
_TOKEN = re.compile(r"[^\W_]+")


def find_business_word(text: str, start: int, end: int) -> str:
    """The first such word within 80 characters of `text[start:end]`, as it is written; empty where none is.

    It may stand in the next paragraph, or below the title that has the name.
    """
    before, after = text[max(0, start - NEAR) : start], text[end : end + NEAR]
    for part in (before, text[start:end], after):
        for word in _TOKEN.findall(part):
            small = word.lower()
            if small in _WORDS or (small.startswith(_STEMS) and small not in _STEMS):
                return str(word)
    if "chief executive" in (found := f"{before}{after}".lower()):
        return "chief executive"
    if not found.isascii() and (han := _HAN.search(before) or _HAN.search(after)):
        return han[0]
    return ""
